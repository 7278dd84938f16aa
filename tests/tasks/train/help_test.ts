/** Tests of {@linkcode runHelp}. @module */
import { match, ok } from "node:assert/strict";
import { jsonSchemaOf } from "../../../core/run/json_schema.ts";
import { optionRows } from "../../../core/run/options_help.ts";
import { runSchema } from "../../../core/run/run_schema.ts";
import { runHelp } from "../../../tasks/train/help.ts";
import { fits } from "../_fits.ts";

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
