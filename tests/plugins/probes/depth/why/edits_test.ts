/** Tests of the edits and of how they are run. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  ablateLatents,
  componentsAlong,
  type HostTensor,
  patchesOf,
  splice,
} from "tessera";
import {
  type Condition,
  runConditions,
} from "../../../../../plugins/probes/depth/why/condition.ts";
import {
  ablation,
  gaussianError,
  nearFarPairs,
  projection,
  spliced,
} from "../../../../../plugins/probes/depth/why/edits.ts";
import {
  firingIn,
  firingOf,
  gather,
} from "../../../../../plugins/probes/depth/why/gather.ts";
import type { LiveRef } from "../../../../../plugins/probes/depth/why/paused_group.ts";
import { chooseLatents } from "../../../../../plugins/probes/depth/why/choose_latents.ts";
import {
  candidates,
  directionsByChance,
  dot,
  likeInVariance,
} from "../../../../../plugins/probes/depth/why/random_directions.ts";
import { readPictures } from "../../../../../plugins/probes/study/pictures.ts";
import {
  dSae,
  plantedDirection,
  plantedHook,
  side,
} from "../_planted_world.ts";
import { plantedStudy, plantedTuning } from "./_study.ts";

const study = plantedStudy(), { hook } = study, cells = side * side;
const dictionary = study.dictionary!;
const pictures = study.split.test.slice(0, 3);
const gathered = await gather(study, pictures);
const codes = gathered.codes!, rows = gathered.rows!;
const images = (await readPictures(study.dataset, pictures))
  .map(({ image }) => image);
const all = (await study.encoder.encode(images, [plantedHook]))[plantedHook]!;
const each = all.data.length / 3;

function tokens(picture: number): HostTensor {
  const data = all.data.slice(picture * each, (picture + 1) * each);
  return { data, shape: [1, ...all.shape.slice(1)] };
}

function worst(a: HostTensor, b: HostTensor): number {
  return a.data.reduce(
    (most, x, i) => Math.max(most, Math.abs(x - b.data[i]!)),
    0,
  );
}

Deno.test("ablation() is splice() with the error kept and the latents ablated", async () => {
  const edit = ablation({ codes, rows, hook }, [0, 5]);
  const options = {
    keepError: true,
    edit: ablateLatents([0, 5]),
    where: patchesOf(hook),
  };
  for (const picture of [0, 1, 2]) {
    const x = tokens(picture), before = x.data.slice();
    const expected = await splice(x, dictionary, options);
    const found = await edit.edit(x, picture);
    ok(worst(found!, expected) < 1e-5);
    ok(worst(found!, x) > 0.1);
    deepEqual(x.data, before, "what is given stays");
  }
});

Deno.test("firingIn() and firingOf() say what the codes say", () => {
  const values: number[] = [];
  for (const picture of [0, 1, 2]) {
    const firing = firingIn(codes, cells, 3, picture);
    values.push(...firing.values);
    ok(firing.cells.every((cell) => cell < cells));
  }
  const found = firingOf(codes, 3),
    mean = values.reduce((a, b) => a + b) / values.length;
  equal(found.fired, values.length);
  ok(Math.abs(found.mean - mean) < 1e-6);
  const squares = values.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  ok(Math.abs(found.sd - Math.sqrt(squares / values.length)) < 1e-6);
});

Deno.test("projection() leaves every patch where the mean one is along a direction", async () => {
  const x = tokens(0);
  const edited = await projection(hook, plantedDirection, gathered.mean)
    .edit(x, 0);
  const [before, after] = [x, edited!].map((of) =>
    componentsAlong(of, plantedDirection)
  ) as [Float64Array, Float64Array];
  const mean = dot(plantedDirection, gathered.mean);
  equal(after[0], before[0], "no special token");
  ok(after.subarray(1).every((a) => Math.abs(a - mean) < 1e-5));
  ok(before.subarray(1).some((a) => Math.abs(a - mean) > 1));
});

Deno.test("nearFarPairs() pairs the largest third with the smallest", () => {
  const pairs = nearFarPairs(Float64Array.of(5, 1, 3, 9, NaN, 2, 4));
  // Ascending: cells 1, 5, 2, 6, 0, 3.
  deepEqual([...pairs], [[1, 3], [3, 1], [5, 0], [0, 5]]);
});

Deno.test("gaussianError() moves each patch as far as the dictionary's error does", async () => {
  const poor = { ...dictionary, params: { ...dictionary.params } };
  poor.params.b_dec = study.engine.fill(0.3, [hook.width]);
  const live: LiveRef = {
    now: { first: 0, x: all, clean: [], kept: new Map() },
  };
  const x = tokens(1);
  const without = spliced(hook, poor, live);
  const own = await without.edit(x, 1);
  const chance = await gaussianError(hook, without, 1).edit(x, 1);
  const other = await gaussianError(hook, without, 2).edit(x, 1);
  for (let token = 0; token <= cells; token++) {
    const far = [own!, chance!, other!].map((of) =>
      Math.hypot(
        ...of.data.slice(token * hook.width, (token + 1) * hook.width)
          .map((v, d) => v - x.data[token * hook.width + d]!),
      )
    );
    ok(
      Math.abs(far[0]! - far[1]!) < 1e-5 && Math.abs(far[0]! - far[2]!) < 1e-5,
    );
  }
  ok(worst(chance!, other!) > 0.01);
});

Deno.test("runConditions() asks for each edit of each picture once, and for nothing else", async () => {
  const shape = [3, 1, 1];
  const x = { data: Float32Array.of(10, 20, 30), shape };
  const edit = (by: number, where: number[]): Condition => ({
    edit: ({ data, shape }, picture) =>
      where.includes(picture)
        ? { data: data.map((v) => v + by), shape }
        : undefined,
  });
  // Pictures are 5, 6 and 7.
  const conditions = [
    edit(1, [5]),
    edit(2, [5, 6, 7]),
    edit(3, [7]),
    edit(4, []),
  ];
  const seen: string[] = [];
  let resumes = 0;
  await runConditions(
    conditions,
    {
      x,
      first: 5,
      resume: ({ data }) => {
        resumes++;
        return Promise.resolve(data.map((v) => v / 2));
      },
    },
    (condition, picture, says) =>
      seen.push(`${conditions.indexOf(condition)} ${picture} ${says[0]}`),
  );
  deepEqual(seen.toSorted(), [
    "0 5 5.5",
    "1 5 6",
    "1 6 11",
    "1 7 16",
    "2 7 16.5",
  ]);
  equal(resumes, 2, "as many as the picture with the most edits");
  deepEqual(x.data, Float32Array.of(10, 20, 30));
});

Deno.test("likeInVariance() finds other directions along which patches vary as much", () => {
  const random = directionsByChance(4, 1000, 3);
  // Spreads of 4, 2, 1 and a half.
  const patches = Float32Array.from(
    { length: 4000 },
    (_, i) => random[Math.floor(i / 4)]![i % 4]! * 4 / 2 ** (i % 4),
  );
  const found = candidates(patches, 4, 1);
  const direction = [0, 3, 0, 0], own = found.varianceAlong(direction);
  ok(Math.abs(own - 4 / 4) < 0.1, `${own}`);
  for (const other of likeInVariance(found, direction, 2)) {
    ok(Math.abs(found.varianceAlong(other) / own - 1) < 0.4);
    ok(Math.abs(other[1]!) <= 0.5);
    ok(Math.abs(Math.hypot(...other) - 1) < 1e-6);
  }
});

Deno.test("chooseLatents() asks about the best tuned, and compares them with latents that fire alike", () => {
  const input = { codes, rows, tuning: plantedTuning(), seed: 1 };
  const chosen = chooseLatents({ ...input, count: 3 });
  deepEqual(chosen.asked, [0, 1, 2]);
  equal(chosen.chance.length, 3);
  for (const [latent, controls] of chosen.controls) {
    ok(controls.length > 5);
    ok(!controls.some((other) => chosen.asked.includes(other)));
    const far = (other: number) =>
      Math.abs(Math.log(chosen.look(other).fired / chosen.look(latent).fired));
    ok(far(controls[0]!) <= far(controls.at(-1)!) + 0.1);
  }
  // Half are left to compare with, however many are asked for.
  equal(chooseLatents({ ...input, count: 999 }).asked.length, dSae / 2);
  const byChance = chooseLatents({ ...input, tuning: undefined, count: 3 });
  equal(byChance.asked.length, 3);
});
