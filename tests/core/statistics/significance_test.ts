/** Tests of significance. @module */
import { equal, ok } from "node:assert/strict";
import { falseDiscoveryRates, shareAtLeast } from "tessera";

Deno.test("shareAtLeast() counts the observed one, and equal ones", () => {
  equal(shareAtLeast(0.5, [0.1, 0.5, 0.7]), 3 / 4);
  equal(shareAtLeast(2, [0.1, 0.5, 0.7]), 1 / 4);
  ok(Number.isNaN(shareAtLeast(NaN, [0.1])));
});

Deno.test("falseDiscoveryRates() gives Benjamini and Hochberg's adjusted p-values", () => {
  // By hand, m = 5: 0.01 · 5/1, 0.02 · 5/2, 0.03 · 5/3, 0.2 · 5/4, 0.5 · 5/5.
  const q = falseDiscoveryRates(
    Float64Array.of(0.2, 0.01, NaN, 0.03, 0.5, 0.02),
  );
  const expected = [0.25, 0.05, NaN, 0.05, 0.5, 0.05];
  expected.forEach((value, i) =>
    ok(Object.is(q[i], value) || Math.abs(q[i]! - value) < 1e-12, `${q[i]}`)
  );
});

Deno.test("falseDiscoveryRates() of a larger p-value is never smaller", () => {
  // 0.04 · 4/2 = 0.08 is more than 0.05 · 4/4: it comes down to 0.05.
  const q = falseDiscoveryRates(Float64Array.of(0.001, 0.04, 0.045, 0.05));
  ok(Math.abs(q[1]! - 0.05) < 1e-12 && Math.abs(q[2]! - 0.05) < 1e-12);
});
