// deno-lint-ignore-file no-console
/**
 * Writes a new plugin, its test and a run that uses it:
 * `deno task new_plugin <kind> <name>`.
 *
 * @module
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { kinds } from "../../core/run/load_plugin.ts";
import { newPlugin, nextCommands, shortest } from "./scaffold.ts";
import { runTask } from "../terminal/run_task.ts";
import { userFolder } from "../terminal/user_paths.ts";

const usage = `deno task new_plugin <kind> <name> [--dir=folder]

  kind   ${kinds.join(", ")}
  name   lower-case letters, digits and hyphens, such as my-sae
  --dir  the folder to write to; by default one named after the plugin`;

function readArguments(): ReturnType<typeof parse> {
  try {
    return parse();
  } catch (cause) {
    throw new ConfigError("", `${(cause as Error).message}\n\n${usage}`, {
      cause,
    });
  }
}

function parse() {
  return parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: { dir: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
}

await runTask(async () => {
  const { positionals, values } = readArguments();
  const [kind, name, ...more] = positionals;
  if (values.help) return console.log(usage);
  if (kind === undefined || name === undefined || more.length > 0) {
    throw new ConfigError("", usage);
  }
  const user = userFolder();
  const folder = resolve(user, values.dir ?? name);
  const paths = await newPlugin({ kind, name, folder });
  const [test, use] = nextCommands({ kind, name, folder }, user);
  console.log(
    [
      ...paths.map((path) => `wrote ${shortest(path, user)}`),
      "",
      "Next:",
      `  ${test}`,
      `  ${use}`,
    ].join("\n"),
  );
});
