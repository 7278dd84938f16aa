import {
  deepStrictEqual,
  equal,
  notDeepStrictEqual,
  ok,
  rejects,
} from "node:assert/strict";
import type { Example } from "tessera";
import plugin, { scenes } from "../../../plugins/datasets/scenes/mod.ts";
import { testDataset } from "../../conformance/dataset.ts";

const small = { length: 60, width: 32, height: 24, samples: 4, seed: 1 };

testDataset("scenes", () => scenes(small));

const examples: Promise<readonly Example[]> = (() => {
  const set = scenes({ ...small, width: 32, height: 32, samples: 1 });
  return Promise.all(Array.from({ length: 60 }, (_, i) => set.get(i)));
})();

Deno.test("scenes() makes example i depend on seed and i only", async () => {
  const set = scenes(small), longer = scenes({ ...small, length: 1000 });
  await longer.get(40);
  deepStrictEqual(await set.get(7), await longer.get(7));
  const other = scenes({ ...small, seed: 2 });
  const image = (await set.get(7)).image;
  notDeepStrictEqual(image, (await set.get(8)).image);
  notDeepStrictEqual(image, (await other.get(7)).image);
});

Deno.test("scenes() takes the run's seed unless it has one", async () => {
  const context = { base: new URL("file:///"), seed: 5 };
  const { seed: _, ...unseeded } = small;
  const set = await plugin.create(unseeded, context);
  equal((await set.get(0)).id, "scenes/5/0");
  const seeded = await plugin.create(small, context);
  equal((await seeded.get(0)).id, "scenes/1/0");
});

Deno.test("scenes options have defaults and refuse unknown keys", () => {
  const check = (options: unknown): unknown =>
    plugin.options["~standard"].validate(options);
  deepStrictEqual(check({}), {
    value: { length: 2000, width: 128, height: 128, samples: 4 },
  });
  for (const options of [{ widht: 3 }, { width: 0 }, { length: 1.5 }]) {
    ok("issues" in (check(options) as object), JSON.stringify(options));
  }
});

Deno.test("scenes() leaves the depth of sky unknown, and of nothing else", async () => {
  for (const { id, maps } of await examples) {
    const { depth, object } = maps!;
    depth!.data.forEach((z, i) => {
      equal(Number.isNaN(z), object!.data[i] === 0, `${id}, pixel ${i}`);
      ok(Number.isNaN(z) || (z > 0 && z <= 1000), `${id}: ${z} m`);
    });
  }
});

Deno.test("scenes() shows several objects, and no one surface fills the view", async () => {
  for (const { id, labels, maps } of await examples) {
    const pixels = new Map<number, number>();
    for (const o of maps!.object!.data) pixels.set(o, (pixels.get(o) ?? 0) + 1);
    const objects = [...pixels.keys()].filter((o) => o >= 8).length;
    ok(objects >= 1 && objects <= Number(labels!.objects), `${id}: ${objects}`);
    const largest = Math.max(...pixels.values()) / maps!.object!.data.length;
    ok(largest < 0.9, `${id}: one object fills ${largest}`);
  }
});

Deno.test("scenes() are neither dark nor blank", async () => {
  for (const { id, image: { data } } of await examples) {
    const mean = data.reduce((sum, v) => sum + v, 0) / data.length;
    const spread = data.reduce((s, v) => s + (v - mean) ** 2, 0) / data.length;
    ok(mean > 60 && mean < 200, `mean of ${id} is ${mean}`);
    ok(Math.sqrt(spread) > 6, `deviation of ${id} is ${Math.sqrt(spread)}`);
  }
});

/** The share of the variance of `values` that the means of groups explain. */
function explained(
  values: readonly (readonly [group: number, x: number])[],
): number {
  const mean = values.reduce((s, [, x]) => s + x, 0) / values.length;
  const sums = new Map<number, [number, number]>();
  let total = 0;
  for (const [group, x] of values) {
    const sum = sums.get(group) ?? [0, 0];
    sums.set(group, [sum[0] + 1, sum[1] + x - mean]);
    total += (x - mean) ** 2;
  }
  const between = [...sums.values()].reduce((s, [n, d]) => s + d * d / n, 0);
  return between / total;
}

Deno.test("scenes() vary in depth, which the row of a pixel hardly predicts", async () => {
  const logs = (await examples).map(({ maps }) =>
    [...maps!.depth!.data].map(Math.log)
  );
  const known = logs.map((z) => z.filter((x) => !Number.isNaN(x)));
  const means = known.map((z) => z.reduce((s, x) => s + x, 0) / z.length);
  const [least, most] = [Math.min(...means), Math.max(...means)];
  ok(most - least > 2, `mean log depth from ${least} to ${most}`);
  const pixels = logs.flatMap((z, scene) =>
    z.map((x, i) => ({ row: Math.floor(i / 32), x, less: x - means[scene]! }))
  ).filter(({ x }) => !Number.isNaN(x));
  const absolute = explained(pixels.map(({ row, x }) => [row, x]));
  const relative = explained(pixels.map(({ row, less }) => [row, less]));
  ok(absolute < 0.3, `row explains ${absolute} of log depth`);
  ok(relative < 0.5, `row explains ${relative} within pictures`);
});

Deno.test("scenes() are of every kind", async () => {
  const kinds = new Set((await examples).map(({ labels }) => labels!.kind));
  deepStrictEqual([...kinds].sort(), ["field", "room", "table", "yard"]);
});

Deno.test("scenes() gives the same bytes on threads, whatever the order of requests", async () => {
  const options = { length: 9, width: 24, height: 16, samples: 2, seed: 5 };
  const here = scenes(options), beside = scenes({ ...options, threads: 2 });
  const order = [8, 0, 3, 3, 1, 7];
  const drawn = await Promise.all(order.map((i) => beside.get(i)));
  for (const [at, index] of order.entries()) {
    deepStrictEqual(drawn[at], await here.get(index));
  }
  ok(beside.memory!() > here.memory!());
  await rejects(beside.get(9), /Cannot get scene 9: there are 9/);
  await beside.close!();
});

testDataset(
  "scenes on threads",
  () =>
    scenes({
      length: 5,
      width: 24,
      height: 16,
      samples: 1,
      seed: 3,
      threads: 2,
    }),
);
