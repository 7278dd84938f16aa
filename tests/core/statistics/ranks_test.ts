/** Tests of ranks. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { correlation, midRanks, spearman } from "tessera";

Deno.test("midRanks() shares ranks among equal numbers, and has none of NaN", () => {
  deepEqual([...midRanks([5, 1, NaN, 5, 0])], [3.5, 2, NaN, 3.5, 1]);
});

Deno.test("spearman() is 1 of what rises together where both are known, NaN of what does not vary", () => {
  equal(spearman([1, 2, NaN, 9], [1, 8, 0, 27]), 1);
  ok(Number.isNaN(spearman([1, 1, 1], [1, 2, 3])));
  equal(correlation([1, 2, 3], [3, 2, 1]), -1);
});
