/** Tests of the part "sense": how right the model's own depth is. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import { alignTo } from "../../../../core/statistics/align.ts";
import { depthErrors } from "../../../../plugins/probes/depth/sense/depth_errors.ts";
import {
  alignedDepth,
  disparityOf,
  truthAt,
} from "../../../../plugins/probes/depth/sense/found_depth.ts";
import { sense } from "../../../../plugins/probes/depth/sense/mod.ts";
import { openDepthStudy } from "../../../../plugins/probes/depth/study/depth_study.ts";
import { plantedWorld, type PlantedWorldOptions } from "./_planted_world.ts";

const near = (a: number, b: number) =>
  ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a}, not ${b}`);

async function sensed(options: PlantedWorldOptions) {
  const study = await openDepthStudy(plantedWorld(options), {
    images: 60,
    folds: 3,
    seed: 1,
  });
  return await sense(study);
}

Deno.test("depthErrors() of two places, worked out by hand", () => {
  const errors = depthErrors([2, 4, 9, NaN], [1, 4, NaN, 0]);
  const ln2 = Math.log(2);
  near(errors.abs_rel, 0.5);
  near(errors.sq_rel, 0.5);
  near(errors.rmse, Math.SQRT1_2);
  near(errors.rmse_log, ln2 / Math.SQRT2);
  near(errors.log10, Math.log10(2) / 2);
  near(errors.silog, 100 * ln2 / 2);
  near(errors.silog_half, Math.sqrt(ln2 ** 2 / 2 - ln2 ** 2 / 8));
  near(errors.delta1, 0.5);
  near(errors.delta2, 0.5);
  near(errors.delta3, 0.5);
  near(errors.spearman, 1);
  equal(errors.unusable, 0);
});

Deno.test("depthErrors() counts what is no depth against the model", () => {
  const truth = Array.from({ length: 200 }, (_, i) => 1 + i / 20);
  for (const bad of [0, -3, NaN, -Infinity, 1e-9]) {
    const found = truth.map((t, i) => i % 2 === 0 ? t : bad);
    const errors = depthErrors(found, truth);
    equal(errors.unusable, 0.5);
    equal(errors.delta1, 0.5);
    const millimetre = truth.map((t, i) => i % 2 === 0 ? t : 1e-3);
    deepEqual({ ...depthErrors(millimetre, truth), unusable: 0.5 }, errors);
    // Half of the places are right, half are a millimetre: nearly 1 − 0.
    ok(errors.abs_rel > 0.49 && errors.rmse > 1);
    ok(errors.spearman < 0.95);
  }
  const { unusable, delta1 } = depthErrors(
    truth.map((t, i) => i === 0 ? Infinity : t),
    truth,
  );
  equal(unusable, 1 / 200);
  equal(delta1, 199 / 200);
});

Deno.test("alignedDepth() is not ruined by one place in a hundred that says no depth", () => {
  const truth = Array.from({ length: 200 }, (_, i) => 1 + i / 20);
  for (const bad of [0, -2, NaN, Infinity, 1e-7]) {
    const said = truth.map((t, i) => i % 100 === 50 ? bad : t);
    const disparity = disparityOf({
      values: Float64Array.from(said),
      inverse: false,
      grid: [10, 20],
    });
    const found = alignedDepth(disparity, truth);
    const { abs_rel, unusable, delta1 } = depthErrors(found, truth);
    equal(unusable, 2 / 200);
    near(delta1, 198 / 200);
    ok(abs_rel < 0.011, `${bad}: ${abs_rel}`);
  }
  // Inverse depth that is infinite at a place, as 1 / 0 would be.
  const inverse = alignedDepth(
    truth.map((t, i) => i === 50 ? Infinity : 1 / t),
    truth,
  );
  truth.forEach((t, i) => i === 50 || near(inverse[i]!, t));
  ok(Number.isNaN(inverse[50]!));
});

Deno.test("depthErrors() has no correlation where depth is the same everywhere, and no error of nothing", () => {
  ok(Number.isNaN(depthErrors([2, 2], [1, 3]).spearman));
  ok(Number.isNaN(depthErrors([2, 2], [NaN, 0]).abs_rel));
});

Deno.test("alignTo() is the best line: no other is nearer", () => {
  const random = randomFrom(5);
  const x = Float64Array.from({ length: 40 }, () => random.normal());
  const y = x.map((v, i) => i % 7 === 0 ? NaN : 3 * v - 2 + random.normal());
  const error = (scale: number, shift: number) =>
    x.reduce(
      (sum, v, i) =>
        sum + (Number.isNaN(y[i]!) ? 0 : (scale * v + shift - y[i]!) ** 2),
      0,
    );
  const { scale, shift } = alignTo(x, y), best = error(scale, shift);
  for (const [a, b] of [[0.01, 0], [-0.01, 0], [0, 0.01], [0, -0.01]]) {
    ok(error(scale + a!, shift + b!) > best);
  }
  deepEqual(alignTo([1, 1], [2, 4]), { scale: 0, shift: 3 });
});

Deno.test("alignedDepth() gives back the truth whatever scale and shift its inverse had", () => {
  const truth = [1, 2, 5, NaN, 10];
  const found = alignedDepth(truth.map((t) => 7 / t + 3), truth);
  truth.forEach((t, i) => Number.isNaN(t) || near(found[i]!, t));
  // Beyond the farthest known place, or behind the camera: the farthest.
  near(alignedDepth([1, 0.5, 0.2, -4], [1, 2, 5, NaN])[3]!, 5);
});

Deno.test("truthAt() reads the middle of each place of the view", () => {
  const data = Float32Array.from({ length: 24 }, (_, i) => i);
  const map = { data, width: 6, height: 4 };
  deepEqual([...truthAt(map, [2, 3])], [7, 9, 11, 19, 21, 23]);
  const view = { left: 2, top: 0, width: 4, height: 4 };
  deepEqual([...truthAt(map, [2, 2], view)], [9, 11, 21, 23]);
  const beyond = { left: 4, top: 0, width: 4, height: 4 };
  ok(Number.isNaN(truthAt(map, [2, 2], beyond)[1]!));
});

Deno.test("sense counts what is no depth against the rank correlation, too", async () => {
  for (const bad of [NaN, Infinity]) {
    const input = plantedWorld({});
    const { encoder } = input;
    const half: typeof encoder = {
      ...encoder,
      encode: async (images, names) =>
        Object.fromEntries(
          Object.entries(await encoder.encode(images, names)).map((
            [name, { data, shape }],
          ) => [name, {
            data: name === "depth"
              ? data.map((x, i) => i % 2 === 0 ? x : bad)
              : data,
            shape,
          }]),
        ),
    };
    const study = await openDepthStudy({ ...input, encoder: half }, {
      images: 60,
      folds: 3,
      seed: 1,
    });
    const { metrics, verdict } = await sense(study);
    equal(metrics.sense_model_unusable!.value, 0.5);
    ok(metrics.sense_model_delta1!.value <= 0.5);
    const { value } = metrics.sense_model_spearman!;
    ok(value < 0.6, `${bad}: rank correlation ${value}`);
    match(verdict!.join(), /50\.0 % of the places are no depth/);
  }
});

Deno.test("sense finds that the planted model is right, and that position is not", async () => {
  const { metrics, tables, verdict } = await sensed({});
  ok(metrics.sense_model_spearman!.value > 0.999);
  ok(metrics.sense_model_abs_rel!.value < 0.01);
  equal(metrics.sense_model_delta1!.value, 1);
  const position = metrics.sense_position_spearman!;
  ok(position.high! < metrics.sense_model_spearman!.low!);
  match(verdict[0]!, /has rank correlation (0\.999|1\.000)/);
  ok(!verdict[0]!.includes("was not shown"));
  const { rows } = tables!.sense_pictures!;
  const own = rows.filter(({ predictor }) => predictor === "model");
  equal(own.length, 18);
  near(
    own.reduce((sum, row) => sum + (row.abs_rel as number), 0) / own.length,
    metrics.sense_model_abs_rel!.value,
  );
});

Deno.test("sense finds no rank correlation in a depth that is the wrong way round", async () => {
  const { encoder, ...world } = plantedWorld();
  const turned = {
    ...encoder,
    predictions: encoder.predictions!.map((p) => ({ ...p, inverse: true })),
    encode: async (...given: Parameters<typeof encoder.encode>) => {
      const values = await encoder.encode(...given);
      const { depth } = values;
      if (!depth) return values;
      return { depth: { ...depth, data: depth.data.map((x) => 1 - x) } };
    },
  };
  const study = await openDepthStudy({ ...world, encoder: turned }, {
    images: 60,
    folds: 3,
    seed: 1,
  });
  const { metrics } = await sense(study);
  ok(metrics.sense_model_spearman!.value < -0.999);
});

Deno.test("sense does not say that a model sees which knows positions only", async () => {
  const { verdict } = await sensed({ writes: "position", prior: 0.6 });
  match(verdict[0]!, /: that it sees more than position was not shown$/);
});

Deno.test("sense says so where nothing can be compared", async () => {
  const { metrics, verdict } = await sensed({ truth: false });
  deepEqual(metrics, {});
  deepEqual(verdict, [
    "How right the model's depth is was not measured: this dataset does not know the true depth",
  ]);
});
