/** Tests of the reconstruction probe, on models whose answers are known. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { Metric, ProbeInput, ProbeResult } from "tessera";
import { testProbe } from "tessera/testing";
import { reconstruction } from "../../../plugins/probes/reconstruction/mod.ts";
import {
  activationsOf,
  plantedInput,
  type PlantedOptions,
  predict,
  width,
} from "./_planted_model.ts";

testProbe("reconstruction", () => reconstruction({ images: 4 }, { seed: 1 }));

/** A dictionary whose reconstructions are `share` of the positive part of what they should be; the fifth latent never fires. */
function shrunk(share: number): Float32Array {
  return Float32Array.from(
    { length: 5 * width },
    (_, i) => Math.floor(i / width) === i % width ? share : 0,
  );
}

const depth: PlantedOptions = {
  kind: "depth",
  weights: [[1, 2, 0, -1]],
  bad: [4, 9],
};
const good = Array.from({ length: 24 }, (_, i) => i + 3)
  .filter((i) => !depth.bad!.includes(i));

/** The patches of the pictures that can be decoded, `[pictures][6][width]`. */
const patches = good.map((index) => {
  const all = activationsOf(index);
  return Array.from(
    { length: 6 },
    (_, i) => [...all.subarray((2 + i) * width, (3 + i) * width)],
  );
});

const squares = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
const mean = Array.from(
  { length: width },
  (_, d) =>
    patches.flat().reduce((sum, x) => sum + x[d]!, 0) / patches.flat().length,
);
const hat = (x: readonly number[]): number[] =>
  x.map((value) => 0.8 * Math.max(0, value));

async function run(
  options: PlantedOptions = depth,
  change: Partial<ProbeInput> = {},
): Promise<ProbeResult> {
  const input = { ...plantedInput(options, shrunk(0.8)), ...change };
  return await reconstruction({ images: 100 }, { seed: 1 }).run(input);
}

function near(found: Metric | undefined, wanted: number): void {
  ok(found, "it was measured");
  const { value, low, high } = found;
  ok(Math.abs(value - wanted) < 1e-5 * Math.abs(wanted), `${value}, ${wanted}`);
  if (low === undefined) return;
  ok(low <= value && value <= high!, `${low} ≤ ${value} ≤ ${high}`);
}

Deno.test("reconstruction finds FVU, L0, cosine and silent latents as brute force does", async () => {
  const { metrics, perLatent } = await run();
  const all = patches.flat();
  const error = all.reduce((sum, x) => sum + squares(x, hat(x)), 0);
  const variance = all.reduce((sum, x) => sum + squares(x, mean), 0);
  near(metrics.fvu, error / variance);
  ok(metrics.fvu!.high! > metrics.fvu!.low!);
  const fires = all.map((x) => x.map((value) => Number(value > 0)));
  const count = fires.flat().reduce((sum, one) => sum + one, 0);
  near(metrics.l0, count / all.length);
  const cosines = all.map((x) => {
    const y = hat(x), zero = new Array(width).fill(0);
    const dot = x.reduce((sum, value, d) => sum + value * y[d]!, 0);
    return dot / Math.sqrt(squares(x, zero) * squares(y, zero));
  });
  near(metrics.cosine, cosines.reduce((sum, x) => sum + x, 0) / all.length);
  near(metrics.silent, 1 / 5);
  // What the training says is not known here.
  equal(metrics.dead, undefined);
  equal(metrics.pictures!.value, 22);
  deepEqual(
    [...perLatent!.density!.values],
    [0, 1, 2, 3, 4].map((latent) =>
      Math.fround(
        fires.reduce((sum, one) => sum + (one[latent] ?? 0), 0) / all.length,
      )
    ),
  );
});

Deno.test("reconstruction finds the FVU at each place of the grid, which adds up", async () => {
  const { tables, figures } = await run(), { rows } = tables!.fvu_by_place!;
  equal(rows.length, 6);
  rows.forEach((row, place) => {
    deepEqual([row.row, row.column], [Math.floor(place / 3), place % 3]);
    const here = patches.map((picture) => picture[place]!);
    const error = here.reduce((sum, x) => sum + squares(x, hat(x)), 0);
    const variance = here.reduce((sum, x) => sum + squares(x, mean), 0);
    ok(Math.abs(Number(row.fvu) - error / variance) < 1e-6);
  });
  const { svg } = figures!.fvu_by_place!;
  equal(svg.match(/<title>/g)!.length, 6);
  match(svg, /row 1, column 2: 0\.\d+/);
});

/** Predictions on all pictures with another thing in place of each patch, per picture. */
function predictions(
  options: PlantedOptions,
  change: (patch: readonly number[]) => readonly number[],
): number[][] {
  return patches.map((picture) => {
    const data = Float32Array.from([
      ...new Array(2 * width).fill(100),
      ...picture.flatMap((patch) => [...change(patch)]),
    ]);
    return [...predict({ data, shape: [1, 8, width] }, options).data];
  });
}

for (const kind of ["depth", "features"] as const) {
  Deno.test(`reconstruction finds how much of the model's ${kind} survives`, async () => {
    const options: PlantedOptions = {
      ...depth,
      kind,
      weights: kind === "depth" ? depth.weights : [[1, 2, 0, -1], [0, 0, 9, 0]],
    };
    const { metrics, verdict } = await run(options);
    const clean = predictions(options, (x) => x);
    const distance = (change: (x: readonly number[]) => readonly number[]) =>
      predictions(options, change)
        .reduce((sum, moved, i) => sum + squares(moved, clean[i]!), 0);
    const [spliced, ablated] = [distance(hat), distance(() => mean)];
    near(metrics.out_put_recovered, 1 - spliced / ablated);
    const size = options.weights.length, flat = clean.flat();
    const centre = Array.from({ length: size }, (_, i) => {
      const own = flat.filter((_, at) => at % size === i);
      return own.reduce((sum, x) => sum + x, 0) / own.length;
    });
    const variance = flat
      .reduce((sum, x, at) => sum + (x - centre[at % size]!) ** 2, 0);
    near(metrics.out_put_spliced, spliced / variance);
    near(metrics.out_put_ablated, ablated / variance);
    equal("first_recovered" in metrics, false, "it comes before the hook");
    match(
      verdict![0]!,
      new RegExp(
        `^-?[\\d.]+ % of the model's own ${kind} is kept by the reconstruction`,
      ),
    );
  });
}

Deno.test("reconstruction compares logits by their divergence", async () => {
  const options: PlantedOptions = {
    kind: "logits",
    bad: depth.bad!,
    weights: [[0.1, 0, 0, 0], [0, 0.2, 0, 0], [0, 0, 0.1, 0.1]],
  };
  const { metrics } = await run(options);
  const probabilities = (logits: readonly number[]): number[] => {
    const total = logits.reduce((sum, x) => sum + Math.exp(x), 0);
    return logits.map((x) => Math.exp(x) / total);
  };
  const clean = predictions(options, (x) => x).map(probabilities);
  const divergence = (change: (x: readonly number[]) => readonly number[]) =>
    predictions(options, change).map(probabilities).reduce(
      (sum, q, i) =>
        sum + clean[i]!.reduce((sum, p, c) => sum + p * Math.log(p / q[c]!), 0),
      0,
    );
  const [spliced, ablated] = [divergence(hat), divergence(() => mean)];
  near(metrics.out_put_recovered, 1 - spliced / ablated);
  near(metrics.out_put_spliced, spliced / good.length);
  equal(metrics.out_put_spliced!.unit, "nats");
  near(metrics.out_put_ablated, ablated / good.length);
});

Deno.test("reconstruction that is perfect recovers all, and one that is no more than the mean nothing", async () => {
  const positive: PlantedOptions = { ...depth, weights: [[0, 1, 0, 0]] };
  const input = plantedInput(positive, shrunk(1));
  // Nothing is lost below zero: the patches are moved up, and back down.
  const { engine } = input;
  const params = {
    ...input.dictionary.params,
    b_enc: engine.fill(1000, [5]),
    b_dec: engine.fill(-1000, [width]),
  };
  const probe = reconstruction({ images: 100 }, { seed: 1 });
  const perfect = (await probe.run({
    ...input,
    dictionary: { ...input.dictionary, params },
  })).metrics;
  ok(perfect.fvu!.value < 1e-8);
  ok(perfect.out_put_recovered!.value > 1 - 1e-7);
  const silent = {
    ...input.dictionary.params,
    b_enc: engine.fill(-1e6, [5]),
    b_dec: engine.tensor(Float32Array.from(mean), [width]),
  };
  const none = (await probe.run({
    ...input,
    dictionary: { ...input.dictionary, params: silent },
  })).metrics;
  ok(Math.abs(none.fvu!.value - 1) < 1e-6);
  ok(Math.abs(none.out_put_recovered!.value) < 1e-6);
  equal(none.l0!.value, 0);
  equal(none.silent!.value, 1);
});

Deno.test("reconstruction says so where the model predicts nothing after the hook, or never moves", async () => {
  const planted = plantedInput(depth, shrunk(0.8)).encoder;
  const { pause: _, ...mute } = planted;
  const result = await run(depth, { encoder: mute });
  match(result.verdict![0]!, /was not measured: this encoder makes no/);
  equal(
    Object.keys(result.metrics).some((name) => name.includes("recovered")),
    false,
  );
  const still = await run({ ...depth, weights: [[0, 0, 0, 0]] });
  match(still.verdict![0]!, /was not shown: it stays the same/);
  equal("out_put_recovered" in still.metrics, false);
});

Deno.test("reconstruction looks at some held-out pictures evenly, and refuses none", async () => {
  const input = plantedInput(depth, shrunk(0.8)), seen = new Set<number>();
  const dataset = {
    ...input.dataset,
    get: (index: number) => {
      seen.add(index);
      return input.dataset.get(index);
    },
  };
  const probe = reconstruction({ images: 6 }, { seed: 1 });
  const { metrics } = await probe.run({ ...input, dataset });
  deepEqual([...seen], [3, 7, 11, 15, 19, 23]);
  equal(metrics.pictures!.value, 6);
  await rejects(probe.run({ ...input, heldOut: Uint32Array.of(4, 9) }), {
    name: "ConfigError",
    message:
      "Cannot measure a reconstruction: none of 2 held-out pictures could be decoded",
  });
});
