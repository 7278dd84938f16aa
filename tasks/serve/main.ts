// deno-lint-ignore-file no-console
/**
 * Shows runs and their latents in a browser: `deno task serve [runs/ or runs/<name>]`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { builtins } from "../../plugins/mod.ts";
import { createApp } from "./app.tsx";
import { openContext } from "./context.ts";
import { isLoopback, listen } from "./http/listen.ts";
import { isTrusting, trustHelp } from "../terminal/arguments.ts";
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { runTask } from "../terminal/run_task.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";

const usage = `
  deno task serve                the runs in runs/
  deno task serve runs/<name>    one run
    --port=8000                  where to listen; the next free port when it is taken
    --host=127.0.0.1             who can see it: only this machine; 0.0.0.0 lets everyone on the network
    ${trustHelp(29)}; otherwise what needs them is not shown`;

/** What was typed after `deno task serve`. */
interface ServeArguments {
  readonly path: string;
  readonly port: number | undefined;
  readonly host: string;
  /** Run plugins that are not built in. */
  readonly trust: boolean;
}

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When it names two folders, or an unknown option.
 */
function serveArguments(args: readonly string[]): ServeArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      help: { type: "boolean", short: "h" },
      port: { type: "string" },
      host: { type: "string" },
      "trust-plugins": { type: "boolean" },
    },
  });
  const { help, port, host = "127.0.0.1", ...more } = values;
  const { "trust-plugins": trust, ...rest } = more;
  if (help) return undefined;
  const strange = Object.keys(rest)[0];
  if (strange !== undefined) {
    throw new ConfigError(
      strange,
      `Cannot use --${strange}: options are --port, --host and --trust-plugins`,
    );
  }
  if (positionals.length > 1) {
    throw new ConfigError(
      "runs",
      `Cannot serve ${positionals.length} folders: write the one that holds the runs, such as runs/`,
    );
  }
  if (typeof host !== "string") {
    throw new ConfigError(
      "host",
      "Cannot use --host: write an address, such as --host=0.0.0.0",
    );
  }
  return {
    path: positionals[0] ?? "runs",
    port: portOf(port),
    host,
    trust: isTrusting(trust),
  };
}

function portOf(text: string | boolean | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (
    typeof text === "string" && Number.isInteger(port) && port >= 0 &&
    port < 65536
  ) {
    return port;
  }
  throw new ConfigError(
    "port",
    `Cannot use --port=${text}: it must be a whole number from 0 to 65535`,
  );
}

/** Opens what Deno needs to hear signals while files can be opened: it does not survive doing that later without any. */
function prepareSignals(): void {
  if (Deno.build.os === "windows") return;
  const nothing = () => {};
  Deno.addSignalListener("SIGWINCH", nothing);
  Deno.removeSignalListener("SIGWINCH", nothing);
}

async function main(args: readonly string[]): Promise<void> {
  const typed = serveArguments(args);
  if (!typed) return console.log(usage.slice(1));
  prepareSignals();
  const path = inUserFolder(typed.path);
  const approve = typed.trust ? approvePlugins({ trusted: true }) : undefined;
  const context = await openContext(path, builtins, typed.path, approve);
  const app = createApp({
    ...context,
    host: typed.host,
    onBug: (error) => console.error(error),
  });
  const server = listen(
    app.fetch,
    typed.host,
    typed.port,
    (text) => console.error(text),
  );
  const runs = (await context.store.list()).map(({ name }) => name);
  const some = runs.slice(0, 3).join(", ");
  console.log(`http://${server.address}/`);
  console.log(
    `shows ${runs.length === 1 ? "the run" : `${runs.length} runs,`} ${some}${
      runs.length > 3 ? " …" : ""
    } of ${shown(context.store.root)}; Ctrl-C to stop`,
  );
  if (!isLoopback(typed.host)) {
    console.warn(
      "warning: anyone who can reach this machine can see these runs and their pictures, and run their models: there is no password",
    );
  }
  await server.finished;
  await context.pictures.close();
  await context.models.close();
}

if (import.meta.main) await runTask(() => main(Deno.args));
