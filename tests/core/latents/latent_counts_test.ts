/** Tests of the counts of each latent. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  addCounts,
  binEdge,
  binOf,
  histogramBins,
  latentCounts,
  placeEntropy,
} from "../../../core/latents/latent_counts.ts";
import { denseCodes, sparse } from "../_dense_codes.ts";

const [dSae, tokens, pictures] = [9, 6, 10];
const dense = denseCodes(pictures * tokens, dSae);

Deno.test("addCounts() agrees with brute force, whatever the groups", () => {
  for (const size of [1, 3, pictures]) {
    const counts = latentCounts(dSae, tokens);
    for (let start = 0; start < pictures; start += size) {
      const rows = dense.slice(start * tokens, (start + size) * tokens);
      addCounts(counts, sparse(rows, dSae), tokens);
    }
    for (let latent = 0; latent < dSae; latent++) {
      const column = dense.map((row) => row[latent]!);
      const values = column.filter((value) => value > 0);
      equal(counts.fired[latent], values.length);
      const total = values.reduce((sum, value) => sum + value, 0);
      ok(Math.abs(counts.sum[latent]! - total) < 1e-9);
      equal(counts.max[latent], Math.max(0, ...values));
      const seen = Array.from(
        { length: pictures },
        (_, picture) =>
          column.slice(picture * tokens, (picture + 1) * tokens)
            .some((value) => value > 0),
      );
      equal(counts.pictures[latent], seen.filter(Boolean).length);
      for (let bin = 0; bin < histogramBins; bin++) {
        const inside = values.filter((value) =>
          value >= binEdge(bin) && value < binEdge(bin + 1)
        );
        equal(
          counts.histogram[latent * histogramBins + bin],
          inside.length,
          `bin ${bin} of latent ${latent}`,
        );
      }
      for (let token = 0; token < tokens; token++) {
        const here = column.filter((_, row) => row % tokens === token)
          .reduce((sum, value) => sum + value, 0);
        const found = counts.places[latent * tokens + token]!;
        ok(Math.abs(found - here) <= 1e-5 * here);
      }
    }
    equal(counts.fired[dSae - 1], 0);
  }
});

Deno.test("binOf() and binEdge() agree, and the outer bins hold what lies beyond", () => {
  for (let bin = 0; bin < histogramBins; bin++) {
    // Powers of √2 are not exact, so these lie just inside the edges.
    equal(binOf(binEdge(bin) * (1 + 1e-9)), bin);
    equal(binOf(binEdge(bin + 1) * (1 - 1e-9)), bin);
  }
  equal(binOf(1), histogramBins / 2);
  deepEqual([1e-30, 1e-45, 1e30, Infinity].map(binOf), [0, 0, 63, 63]);
});

Deno.test("placeEntropy() is 1 for an even map, 0 for one place, NaN for none, and the formula between", () => {
  const places = Float32Array.of(
    2,
    2,
    2,
    2,
    0,
    0,
    5,
    0,
    0,
    0,
    0,
    0,
    1,
    3,
    0,
    0,
  );
  const [even, one, none, some] = placeEntropy(places, 4);
  ok(Math.abs(even! - 1) < 1e-6);
  equal(one, 0);
  ok(Number.isNaN(none));
  const wanted = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75)) / Math.log(4);
  ok(Math.abs(some! - wanted) < 1e-6);
  ok(Number.isNaN(placeEntropy(Float32Array.of(3), 1)[0]));
});
