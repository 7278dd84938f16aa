import { deepEqual, equal, ok } from "node:assert/strict";
import { targetScale } from "../../../../plugins/probes/who/target_scale.ts";
import {
  type LatentTuning,
  tuningOf,
} from "../../../../plugins/probes/who/tuning.ts";
import { beyondPosition } from "../../../../plugins/probes/who/beyond_position.ts";
import { curveClasses } from "../../../../plugins/probes/who/curve_shape.ts";
import { informationWith } from "../../../../plugins/probes/who/information.ts";
import { depthWords } from "../../../../plugins/probes/depth/study/depth_target.ts";
import { sliceOf } from "../../../../plugins/probes/study/latent_entries.ts";
import { permuteMaps } from "../../../../plugins/probes/who/position_null.ts";
import { rankCorrelation } from "../../../../plugins/probes/who/rank_correlation.ts";
import { randomFrom } from "tessera";
import {
  indicators,
  plainBins,
  plainError,
  plainInformation,
  plainPearson,
  plainRanks,
} from "./_plain_statistics.ts";
import {
  cells,
  clusters,
  codesOf,
  dSae,
  type Known,
  knownOf,
  patchesOf,
  pictures,
  someActivations,
  someDepth,
} from "./_small_codes.ts";

const bins = 5, dense = someActivations(), codes = codesOf(dense);

/** Float32 holds seven digits. */
function near(actual: number, expected: number, what: string): void {
  const least = 2e-6 * Math.max(1, Math.abs(expected));
  ok(
    Math.abs(actual - expected) < least,
    `${what}: ${actual}, not ${expected}`,
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** All that can be said of a latent, with plain loops. */
function plainTuning(known: readonly Known[], half: Uint8Array) {
  const a = known.map((patch) => patch.a), d = known.map((patch) => patch.d);
  const bin = plainBins(d, bins), cell = known.map((patch) => patch.cell);
  const active = known.filter((patch) => patch.a > 0);
  const silent = known.filter((patch) => patch.a === 0);
  const count = Math.max(...bin) + 1;
  const curve = (keep: (patch: Known) => boolean) =>
    Array.from(
      { length: count },
      (_, b) => meanOf(a.filter((_, i) => bin[i] === b && keep(known[i]!))),
    );
  const whole = curve(() => true), most = Math.max(...whole);
  const others = (whole.reduce((s, x) => s + x, 0) - most) / (count - 1);
  const preferred = whole.indexOf(most);
  const cellError = plainError(indicators(cell), a);
  const bothError = plainError([...indicators(cell), ...indicators(bin)], a);
  const pairs = active.flatMap((x) =>
    silent.map((y) => x.d > y.d ? 1 : x.d === y.d ? 0.5 : 0)
  );
  return {
    density: active.length / known.length,
    fired: active.length,
    clusters: new Set(active.map((patch) => patch.cluster)).size,
    spearman: plainPearson(plainRanks(a), plainRanks(d)),
    spearmanActive: plainPearson(
      plainRanks(active.map((patch) => patch.a)),
      plainRanks(active.map((patch) => patch.d)),
    ),
    auroc: meanOf(pairs),
    selectivity: (most - others) / (most + others),
    eta2: 1 - plainError(indicators(bin), a) / plainError([a.map(() => 1)], a),
    partialEta2: 1 - bothError / cellError,
    preferred: Math.exp(meanOf(d.filter((_, i) => bin[i] === preferred))),
    agreement: plainPearson(
      curve(({ cluster }) => half[cluster] === 0),
      curve(({ cluster }) => half[cluster] === 1),
    ),
  };
}

for (const unknown of [0, 0.25]) {
  Deno.test(`tuningOf() says what plain loops say, with ${100 * unknown} % of depths unknown`, () => {
    const target = someDepth(unknown);
    const scale = targetScale(patchesOf(target), { bins, seed: 3 });
    const tuning = tuningOf(scale, codes);
    for (let latent = 0; latent < dSae - 1; latent++) {
      const known = knownOf(dense, target, latent);
      const expected = plainTuning(known, scale.half);
      for (const [name, value] of Object.entries(expected)) {
        const column = tuning[name as keyof LatentTuning]!;
        near(column[latent]!, value, `${name} of ${latent}`);
      }
    }
  });

  Deno.test(`beyondPosition() of permuted maps says what plain loops say, with ${100 * unknown} % of depths unknown`, () => {
    const target = someDepth(unknown), random = randomFrom(5);
    const scale = targetScale(patchesOf(target), { bins, seed: 3 });
    const beyond = beyondPosition(scale), information = informationWith(scale);
    for (let latent = 0; latent < dSae - 1; latent++) {
      const slice = sliceOf(codes, latent, cells);
      const [partial, nats] = [beyond(slice), information(slice)];
      for (let draw = 0; draw < 4; draw++) {
        const donors = permuteMaps(clusters, random);
        const moved = target.map((_, patch) =>
          target[donors[Math.floor(patch / cells)]! * cells + patch % cells]!
        );
        const known = knownOf(dense, moved, latent);
        near(
          partial(donors),
          plainTuning(known, scale.half).partialEta2,
          `partial eta² of ${latent}`,
        );
        if (unknown > 0) continue;
        near(
          rankCorrelation(scale)(slice)(donors),
          plainTuning(known, scale.half).spearman,
          `rank correlation of ${latent}`,
        );
        near(
          nats(donors),
          plainNats(known),
          `information of ${latent}`,
        );
      }
    }
  });
}

/** Activations as silent or the quarter of those that fire. */
function plainNats(known: readonly Known[]): number {
  const a = known.map((patch) => patch.a);
  const fires = a.filter((value) => value > 0), quarter = plainBins(fires, 4);
  const level = a.map((value) =>
    value === 0 ? 0 : 1 + quarter[fires.indexOf(value)]!
  );
  return plainInformation(level, plainBins(known.map(({ d }) => d), bins));
}

Deno.test("tuningOf() says nothing of a latent that never fires", () => {
  const scale = targetScale(patchesOf(someDepth(0)), { bins, seed: 3 });
  const { density, fired, curves, passes: _, ...rest } = tuningOf(scale, codes);
  equal(density[dSae - 1], 0);
  equal(fired[dSae - 1], 0);
  ok(curves.subarray((dSae - 1) * scale.count).every(Number.isNaN));
  for (const [name, column] of Object.entries(rest)) {
    ok(Number.isNaN(column[dSae - 1]), name);
  }
});

Deno.test("tuningOf() explains nothing by depth that is the same everywhere", () => {
  const target = new Float64Array(pictures * cells).fill(0.7);
  const scale = targetScale(patchesOf(target), { bins, seed: 3 });
  equal(scale.count, 1);
  const tuning = tuningOf(scale, codes);
  for (let latent = 0; latent < dSae - 1; latent++) {
    equal(tuning.partialEta2[latent], 0);
    ok(Number.isNaN(tuning.spearman[latent]));
    ok(Number.isNaN(tuning.agreement[latent]));
  }
});

Deno.test("tuningOf() tells near, far, band-pass and no tuning apart", () => {
  // A picture of each depth, from near to far; the last latent has no end that is low.
  const depth = (patch: number) => Math.floor(patch / cells);
  const target = Float64Array.from(
    { length: pictures * cells },
    (_, patch) => depth(patch),
  );
  const kinds = codesOf(Array.from({ length: pictures * cells }, (_, patch) => {
    const d = depth(patch);
    return [
      pictures - d,
      d,
      d > 4 && d < 8 ? 1 : 0,
      1 + 0.5 * Number(d % 4 === 2),
    ];
  }));
  const scale = targetScale(patchesOf(target), { bins: pictures, seed: 3 });
  const tuning = tuningOf(scale, kinds);
  deepEqual(
    Array.from(
      tuning.curveClass,
      (kind) => curveClasses(depthWords(true))[kind],
    ),
    ["monotone near", "monotone far", "band-pass", "none"],
  );
  near(tuning.preferred[0]!, 1, "preferred near");
  near(tuning.preferred[1]! / Math.exp(pictures - 1), 1, "preferred far");
  // Half of 1 lies half a bin beyond the three bins in which it fires.
  near(Math.log(tuning.width[2]!), 3, "width");
  near(tuning.selectivity[2]!, (1 - 2 / 13) / (1 + 2 / 13), "selectivity");
  // Half of 14, 7, is 7 bins from the nearest, which begins the scale.
  near(Math.log(tuning.width[0]!), 7, "width of a ramp");
});
