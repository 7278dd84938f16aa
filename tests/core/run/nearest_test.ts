/** Tests of guessing mistyped words. @module */
import { deepEqual, equal } from "node:assert/strict";
import {
  editDistance,
  nearest,
  nearestFew,
} from "../../../core/run/nearest.ts";

Deno.test("editDistance() counts inserted, dropped, changed and swapped letters", () => {
  const cases: [a: string, b: string, distance: number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "", 3],
    ["encoder", "ecnoder", 1],
    ["kitten", "sitting", 3],
    ["ca", "abc", 3],
  ];
  for (const [a, b, distance] of cases) {
    equal(editDistance(a, b), distance, `${a} → ${b}`);
    equal(editDistance(b, a), distance, `${b} → ${a}`);
  }
});

Deno.test("nearest() finds what was meant, or nothing", () => {
  const cases: [word: string, known: string[], meant: string | undefined][] = [
    ["topk", ["batch-top-k", "top-k"], "top-k"],
    ["btach-top-k", ["top-k", "batch-top-k"], "batch-top-k"],
    ["d_sae", ["k", "dSae"], "dSae"],
    ["kk", ["dSae", "k"], "k"],
    ["batch", ["top-k", "batch-top-k"], "batch-top-k"],
    [
      "blocks.11.resid_pots",
      ["blocks.1.resid_post", "blocks.11.resid_post"],
      "blocks.11.resid_post",
    ],
    ["x", ["k"], undefined],
    ["colour", ["top-k", "relu-l1"], undefined],
    ["", ["top-k"], undefined],
    ["top-k", [], undefined],
  ];
  for (const [word, known, meant] of cases) {
    equal(nearest(word, known), meant, word);
  }
});

Deno.test("nearestFew() gives the likeliest first, at most as many as asked for", () => {
  const hooks = [1, 2, 11, 12].map((i) => `blocks.${i}.mlp_out`);
  deepEqual(nearestFew("blocks.12.mlp_uot", hooks, 2), [
    "blocks.12.mlp_out",
    "blocks.1.mlp_out",
  ]);
});
