// deno-lint-ignore-file no-console
/**
 * Writes a run into one HTML file: `deno task report runs/<name>`.
 *
 * @module
 */
import { join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { replaceTextFile } from "../../core/files/replace_file.ts";
import { builtins } from "../../plugins/mod.ts";
import { openContext } from "../serve/context.ts";
import type { Run } from "../serve/runs/run_store.ts";
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { runTask } from "../terminal/run_task.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";
import { reportArguments, reportHelp } from "./arguments.ts";
import { makeReport } from "./make_report.tsx";

/** Carries out `deno task report`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = reportArguments(args);
  if (!typed) return console.log(reportHelp);
  const folder = inUserFolder(typed.path);
  await checkRun(folder, typed.path);
  const approve = typed.trust ? approvePlugins({ trusted: true }) : undefined;
  const context = await openContext(folder, builtins, typed.path, approve);
  try {
    const { store } = context, [{ name }] = await store.list() as [Run];
    const run = await store.run(name).catch((error) => {
      throw new ConfigError("run", error.message, { cause: error });
    });
    const html = await makeReport(context, run, typed).catch((error) => {
      if ((error as Error)?.name !== "Problem") throw error;
      throw new ConfigError("sort", error.message, { cause: error });
    });
    const path = join(folder, "report.html");
    await replaceTextFile(path, html);
    const size = new TextEncoder().encode(html).length / 2 ** 20;
    console.log(`${shown(path)}: ${size.toFixed(1)} MiB; open it in a browser`);
  } finally {
    await context.pictures.close();
    await context.models.close();
  }
}

async function checkRun(folder: string, typed: string): Promise<void> {
  const config = join(folder, "config.json");
  if (await Deno.stat(config).then(() => true, () => false)) return;
  throw new ConfigError(
    "run",
    `Cannot report on "${typed}": it is not the folder of a run, since it has no config.json; write runs/<name>`,
  );
}

if (import.meta.main) await runTask(() => main(Deno.args));
