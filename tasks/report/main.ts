// deno-lint-ignore-file no-console
/**
 * Writes what is known of a run into one file: `deno task report runs/<name>`.
 *
 * @module
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { replaceTextFile } from "../../core/files/replace_file.ts";
import { builtins } from "../../plugins/mod.ts";
import { makeReport, type ReportOptions } from "./make_report.tsx";
import { openContext } from "../serve/context.ts";
import { inUserFolder, runTask, shown } from "../terminal/task.ts";

const usage = `
  deno task report runs/<name>    one HTML file to open, print or mail: runs/<name>/report.html
    --latents=60       latents shown
    --pictures=8       pictures of each
    --sort=max         the column they are chosen by, such as density or <probe>.<column>
    --order=desc       the largest first, or asc`;

/** What was typed after `deno task report`. */
interface ReportArguments extends ReportOptions {
  readonly path: string;
}

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When it names no run, or an option is none.
 */
function reportArguments(args: readonly string[]): ReportArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: { help: { type: "boolean", short: "h" } },
  });
  const { help, latents, pictures, sort, order, ...rest } = values;
  if (help) return undefined;
  const strange = Object.keys(rest)[0];
  if (strange !== undefined) {
    throw new ConfigError(
      strange,
      `Cannot use --${strange}: options are --latents, --pictures, --sort and --order`,
    );
  }
  if (positionals.length !== 1) {
    throw new ConfigError(
      "run",
      `Cannot report on ${positionals.length} runs: write deno task report runs/<name>`,
    );
  }
  return {
    path: positionals[0]!,
    latents: wholeNumber("latents", latents, 60, 1000),
    pictures: wholeNumber("pictures", pictures, 8, 64),
    sort: typeof sort === "string" ? sort : undefined,
    order: orderOf(order),
  };
}

function wholeNumber(
  key: string,
  value: unknown,
  usual: number,
  most: number,
): number {
  if (value === undefined) return usual;
  const number = Number(value);
  if (
    typeof value === "string" && Number.isInteger(number) && number > 0 &&
    number <= most
  ) return number;
  throw new ConfigError(
    key,
    `Cannot use --${key}=${value}: it must be a whole number from 1 to ${most}`,
  );
}

function orderOf(value: unknown): "asc" | "desc" | undefined {
  if (value === undefined || value === "asc" || value === "desc") return value;
  throw new ConfigError(
    "order",
    `Cannot use --order=${value}: it must be desc or asc`,
  );
}

/** Carries out `deno task report`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = reportArguments(args);
  if (!typed) return console.log(usage.slice(1));
  const folder = inUserFolder(typed.path);
  await checkRun(folder, typed.path);
  const context = await openContext(folder, builtins, typed.path);
  try {
    const [run] = await context.store.list();
    const html = await makeReport(context, run!, typed).catch((error) => {
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
