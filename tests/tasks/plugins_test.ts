/** Tests of the lists and tables that say what can be written in a run. @module */
import { doesNotMatch, equal, match, ok, rejects } from "node:assert/strict";
import { z } from "zod";
import { columns } from "../../core/run/align_text.ts";
import {
  type JsonSchema,
  jsonSchemaOf,
  typeWords,
} from "../../core/run/json_schema.ts";
import { optionRows } from "../../core/run/options_help.ts";
import { runSchema } from "../../core/run/run_schema.ts";
import { builtins } from "../../plugins/mod.ts";
import { pluginHelp, pluginList } from "../../tasks/terminal/plugin_help.ts";
import { runHelp } from "../../tasks/train/run_help.ts";

const options = { builtins, base: new URL("../../", import.meta.url) };

function fits(text: string): void {
  for (const line of text.split("\n")) {
    ok(line.length <= 100, `${line.length} columns: ${line}`);
    equal(line, line.trimEnd());
  }
}

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

Deno.test("deno task plugins shows one thing at a time", async () => {
  const asked = async (...words: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "tasks/plugins.ts", ...words],
      cwd: new URL("../../", import.meta.url),
    }).output();
    const [out, error] = [stdout, stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    return { code, out: out!, error: error! };
  };
  const two = await asked("dataset", "encoder");
  equal(two.code, 1);
  match(
    two.error,
    /^Cannot show "dataset" and "encoder" at once: name one kind or one plugin\n$/,
  );
  const { code, out } = await asked("--help");
  equal(code, 0);
  ok(out.trimEnd().split("\n").every((line) => line.startsWith("  deno task")));
});

Deno.test("runHelp() shows every setting and every plugin of a slot", async () => {
  const help = await runHelp();
  fits(help);
  for (const { name, meaning } of optionRows(jsonSchemaOf(runSchema))) {
    ok(meaning, `"${name}" has no description`);
    match(help, new RegExp(`^  ${name.replace(/\.use$/, "")}  `, "m"));
  }
  match(help, /^ {2}batch-top-k {2}/m);
  match(help, /^ {2}buffer\.batch +integer ≥ 1 +2048 +Tokens/m);
});

Deno.test("typeWords() says what a schema accepts", () => {
  const cases: [schema: z.ZodType, words: string][] = [
    [z.int(), "integer"],
    [z.int().min(1).max(64), "integer 1 to 64"],
    [z.number().positive(), "number > 0"],
    [z.number().min(0).lt(1), "number ≥ 0, < 1"],
    [z.boolean(), "true | false"],
    [z.string(), "text"],
    [z.string().meta({ format: "path" }), "path"],
    [z.enum(["a", "b"]), "a | b"],
    [z.union([z.literal("auto"), z.int()]), "auto | integer"],
    [z.number().nullable(), "number | null"],
    [z.array(z.string()), "list of text"],
    [z.tuple([z.int(), z.int()]), "[integer, integer]"],
    [z.unknown(), "any value"],
  ];
  for (const [schema, words] of cases) {
    equal(typeWords(jsonSchemaOf(schema) as JsonSchema), words);
  }
});

Deno.test("columns() wraps what is too long and aligns the rest", () => {
  const text = columns([["a", "one two three"], ["bbbb", "four"]], {
    width: 16,
    indent: 0,
  });
  equal(
    text,
    "a     one two three\nbbbb  four",
    "the last column has at least 20",
  );
  const wrapped = columns([["a", "one two three four five six"]], {
    width: 25,
  });
  equal(wrapped, "  a  one two three four\n     five six");
});
