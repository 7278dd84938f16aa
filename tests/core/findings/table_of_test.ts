/** Tests of tables from columns. @module */
import { deepEqual, equal, throws } from "node:assert/strict";
import { estimateColumns, tableOf } from "tessera";

Deno.test("estimateColumns() show a number and the ends of its interval, NaN where there is none", () => {
  const rows = [{ r2: { value: 1, low: 0, high: 2 } }, { r2: { value: 3 } }];
  const table = tableOf("R²", rows, {
    ...estimateColumns("r2", "a share", ({ r2 }) => r2, "r2_"),
  });
  deepEqual(Object.keys(table.columns), ["r2", "r2_low", "r2_high"]);
  deepEqual(table.rows, [
    { r2: 1, r2_low: 0, r2_high: 2 },
    { r2: 3, r2_low: NaN, r2_high: NaN },
  ]);
});

Deno.test("tableOf() has its columns in their order, and refuses one that no row can fill", () => {
  const columns = { b: "second letter", a: ["first", () => "x"] } as const;
  const { rows, columns: meanings } = tableOf("Letters", [{ b: 2 }], columns);
  deepEqual(Object.entries(meanings), [["b", "second letter"], ["a", "first"]]);
  deepEqual(rows, [{ b: 2, a: "x" }]);
  equal(tableOf("None", [], columns).rows.length, 0);
  throws(() => tableOf("Letters", [{ c: 2 }], columns), {
    name: "RangeError",
    message: /^Cannot fill column "b"/,
  });
});
