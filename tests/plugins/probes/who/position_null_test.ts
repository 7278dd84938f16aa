import { deepEqual, equal, ok } from "node:assert/strict";
import { falseDiscoveryRates, randomFrom } from "tessera";
import { targetScale } from "../../../../plugins/probes/who/target_scale.ts";
import { tuningOf } from "../../../../plugins/probes/who/tuning.ts";
import { passing } from "../../../../plugins/probes/who/passing_rule.ts";
import {
  permuteMaps,
  positionNull,
} from "../../../../plugins/probes/who/position_null.ts";
import {
  cells,
  clusters,
  codesOf,
  patchesOf,
  pictures,
} from "./_small_codes.ts";

Deno.test("permuteMaps() moves whole clusters and gives each map once", () => {
  const donors = permuteMaps(clusters, randomFrom(1));
  deepEqual([...donors].sort((a, b) => a - b), [...donors.keys()]);
  ok(donors.some((donor, picture) => donor !== picture));
  for (let picture = 0; picture < pictures; picture += 2) {
    equal(donors[picture + 1], donors[picture]! + 1);
  }
});

Deno.test("permuteMaps() keeps the order of frames where clusters are of other lengths", () => {
  const uneven = Uint32Array.of(0, 0, 0, 1, 2, 2, 2, 2);
  const donors = permuteMaps(uneven, randomFrom(4));
  deepEqual([...donors].sort((a, b) => a - b), [...donors.keys()]);
  const breaks = donors.filter((donor, i) =>
    i > 0 && donor !== donors[i - 1]! + 1
  );
  ok(breaks.length <= 2);
});

Deno.test("positionNull() passes what follows depth, not what follows the row alone", async () => {
  const random = randomFrom(6), count = pictures * cells;
  // Depth is the row and something of its own; the first latent knows the one, the second the other.
  const own = Float64Array.from({ length: count }, () => random.next());
  const row = (patch: number) => Math.floor(patch % cells / 2);
  const target = own.map((value, patch) => 3 * row(patch) + value);
  const dense = Array.from({ length: count }, (_, patch) => [
    row(patch) + 0.01 * random.next(),
    Math.max(0, own[patch]! - 0.3),
  ]);
  const scale = targetScale(patchesOf(target), { bins: 6, seed: 1 });
  const codes = codesOf(dense), tuning = tuningOf(scale, codes);
  const nulls = await positionNull(scale, codes, tuning, {
    permutations: 200,
    seed: 1,
    all: true,
  });
  ok(tuning.spearman[0]! > 0.9 && tuning.spearman[1]! < 0.5);
  ok(nulls.p[0]! > 0.05 && nulls.spearmanP[0]! > 0.05);
  // Its rank correlation is what its place alone gives.
  ok(Math.abs(nulls.spearmanMean[0]! - tuning.spearman[0]!) < 0.02);
  equal(nulls.p[1], 1 / 201);
  equal(nulls.spearmanP[1], 1 / 201);
  ok(nulls.information[1]! > 5 * Math.abs(nulls.information[0]!));
  const passes = passing(falseDiscoveryRates(nulls.p), tuning, 0.05);
  deepEqual([...passes], [0, 1]);
});
