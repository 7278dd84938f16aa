/**
 * What `deno task train --help` shows.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import { jsonSchemaOf } from "../../core/run/json_schema.ts";
import {
  type OptionRow,
  optionRows,
  optionsHelp,
} from "../../core/run/options_help.ts";
import { runSchema, slots } from "../../core/run/run_schema.ts";
import { builtins } from "../../plugins/mod.ts";
import { pluginList } from "../terminal/plugin_help.ts";

const examples = [
  ["deno task train", "the defaults below: about a minute"],
  ["deno task train run.json", "the run that a file describes"],
  ["deno task train run.json --sparsifier.k=64", "with one setting changed"],
  ["deno task train --encoder=npm:@acme/vit", "with another plugin in a slot"],
  ["deno task train --resume runs/my-run", "continue a stopped run"],
  [
    "deno task train run.json --trust-plugins",
    "run plugins of others, which the file names, without asking",
  ],
];

/** Examples, then every setting of a run with its default and meaning, then the plugins. */
export async function runHelp(): Promise<string> {
  const rows = optionRows(jsonSchemaOf(runSchema)).map(slotRow);
  const base = new URL("./", import.meta.url);
  return [
    "Trains a sparsifier on the tokens of a vision transformer.",
    "",
    alignText(examples, { most: 44 }),
    "",
    "Settings: keys of the run's file, or --key=value on the command line",
    "",
    optionsHelp(rows),
    "",
    "Plugins that can fill a slot; deno task plugins <name> shows the options of one",
    "",
    await pluginList({ builtins, base }, slots),
  ].join("\n");
}

/** A slot is filled by name: `encoder` is short for `encoder.use`. */
function slotRow(row: OptionRow): OptionRow {
  const slot = slots.find((slot) => row.name === `${slot}.use`);
  const meaning = slot && jsonSchemaOf(runSchema)?.properties?.[slot];
  return slot === undefined ? row : {
    ...row,
    name: slot,
    type: "plugin",
    meaning: meaning?.description ?? row.meaning,
  };
}
