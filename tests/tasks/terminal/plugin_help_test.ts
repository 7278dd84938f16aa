/** Tests of the lists and tables that describe plugins. @module */
import { doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import type { z } from "zod";
import { jsonSchemaOf } from "../../../core/run/json_schema.ts";
import { optionRows } from "../../../core/run/options_help.ts";
import { builtins } from "../../../plugins/mod.ts";
import { pluginHelp, pluginList } from "../../../tasks/terminal/plugin_help.ts";
import { fits } from "../_fits.ts";

const options = { builtins, base: new URL("../../../", import.meta.url) };

Deno.test("pluginList() describes every built-in", async () => {
  const list = await pluginList(options);
  for (const [kind, plugins] of Object.entries(builtins)) {
    match(list, new RegExp(`^${kind}: `, "m"));
    for (const name of Object.keys(plugins)) {
      match(list, new RegExp(`^  ${name}  +[^( ]`, "m"));
    }
  }
  fits(list);
});

Deno.test("pluginList() shows the others when one cannot be loaded", async () => {
  const broken = () => Promise.reject(new Error("no library"));
  const list = await pluginList({
    ...options,
    builtins: {
      ...builtins,
      engine: { broken, reference: builtins.engine.reference! },
    },
  }, ["engine"]);
  match(list, /broken {5}\(Cannot load engine "broken": no library\)/);
  match(list, /reference {2}\w/);
});

Deno.test("pluginHelp() says what every option of every built-in means", async () => {
  for (const [kind, plugins] of Object.entries(builtins)) {
    for (const [name, load] of Object.entries(plugins)) {
      fits(await pluginHelp(name, options));
      const { default: plugin } = await load() as {
        default: { kind: string; name: string; options: z.ZodType };
      };
      equal(plugin.kind, kind);
      equal(plugin.name, name);
      for (const row of optionRows(jsonSchemaOf(plugin.options))) {
        ok(row.meaning, `option "${row.name}" of "${name}" has no description`);
      }
    }
  }
});

Deno.test("pluginHelp() shows name, type, default, meaning and use", async () => {
  const help = await pluginHelp("batch-top-k", options);
  match(help, /^batch-top-k \(sparsifier\)\n {2}\w/);
  match(help, /^ {2}option +type +default +meaning$/m);
  match(help, /^ {2}k +\w+ [≥>] \d +\d+ +\w/m);
  match(help, /"sparsifier": \{ "use": "batch-top-k", "dSae": \d+ \}/);
  match(help, /deno task train --sparsifier=batch-top-k --sparsifier.dSae=\d+/);
});

Deno.test("pluginHelp() takes files", async () => {
  const help = await pluginHelp(
    "./tasks/new_plugin/templates/probe/my_plugin.ts",
    options,
  );
  match(help, /^my-plugin \(probe\)/);
  doesNotMatch(help, /deno task train/, "a run has no slot for a probe");
});

Deno.test("pluginHelp() suggests the nearest name", async () => {
  await rejects(pluginHelp("bacth-top-k", options), {
    name: "ConfigError",
    message:
      /^Cannot find plugin "bacth-top-k": built in are .*; write "\.\/bacth-top-k\.ts".*; did you mean "batch-top-k"\?$/,
  });
});
