/** A test that the browser's colours are those of the library. @module */
import { equal } from "node:assert/strict";
import {
  colorTables,
  colorTablesFile,
} from "../../../../tasks/serve/live/color_tables.ts";

Deno.test("colorTables() is what static/color_tables.js holds", async () => {
  equal(await Deno.readTextFile(colorTablesFile), colorTables());
});
