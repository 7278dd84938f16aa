// deno-lint-ignore-file no-console
/**
 * Lists the plugins, or the options of one: `deno task plugins [name]`.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { ConfigError } from "../core/errors.ts";
import { kinds } from "../core/run/load_plugin.ts";
import { builtins } from "../plugins/mod.ts";
import { pluginHelp, pluginList } from "./terminal/plugin_help.ts";
import { runTask } from "./terminal/run_task.ts";
import { userFolder } from "./terminal/user_paths.ts";

const usage = `
  deno task plugins                  every plugin, by kind
  deno task plugins <kind>           those of one kind: ${kinds.join(", ")}
  deno task plugins <name>           the options of a plugin
  deno task plugins ./my_plugin.ts   the options of the plugin in a file, or in an npm: package`;

await runTask(async () => {
  const [word, ...more] = Deno.args;
  const options = {
    builtins,
    base: new URL(`${pathToFileURL(userFolder()).href}/`),
  };
  if (word === "--help" || word === "-h") {
    return console.log(usage.slice(1));
  }
  if (more.length > 0) {
    throw new ConfigError(
      "",
      `Cannot show ${
        Deno.args.map((each) => `"${each}"`).join(" and ")
      } at once: name one kind or one plugin`,
    );
  }
  if (word !== undefined && !kinds.some((kind) => kind === word)) {
    return console.log(await pluginHelp(word, options));
  }
  const only = kinds.filter((kind) => word === undefined || kind === word);
  console.log(await pluginList(options, only));
  if (word === undefined) {
    console.log("\nOptions of one: deno task plugins <name>");
  }
});
