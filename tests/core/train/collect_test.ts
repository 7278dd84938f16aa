/** Tests of collecting token activations. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import type { Dataset, Encoder } from "tessera";
import {
  collect,
  type CollectOptions,
  type TokenGroup,
  tokensPerExample,
} from "../../../core/train/collect.ts";
import { toyDataset, toyEncoder, toyWidth } from "../_toy_run.ts";

function options(
  encoder: Encoder,
  tokens: CollectOptions["tokens"] = "patches",
): CollectOptions {
  return { hook: encoder.hooks[1]!, tokens };
}

async function all(
  dataset: Dataset,
  groups: readonly (readonly number[])[],
  encoder = toyEncoder(),
  tokens: CollectOptions["tokens"] = "patches",
): Promise<TokenGroup[]> {
  return await Array.fromAsync(
    collect(dataset, encoder, groups, options(encoder, tokens)),
  );
}

Deno.test("collect() keeps the order of pictures and their tokens", async () => {
  // Later pictures are ready earlier.
  const slow = toyDataset(20),
    dataset: Dataset = {
      length: 20,
      get: async (index) => {
        for (let i = index; i < 20; i++) await setTimeout(0);
        return await slow.get(index);
      },
    };
  const groups = [[7, 3], [11], [0, 19, 5]];
  const found = await all(dataset, groups);
  deepEqual(found.map(({ examples }) => examples), groups);
  deepEqual(found.map(({ ids }) => ids), [
    ["toy/7", "toy/3"],
    ["toy/11"],
    ["toy/0", "toy/19", "toy/5"],
  ]);
  for (const { x, examples, perExample } of found) {
    equal(perExample, 4);
    deepEqual(x.shape, [4 * examples.length, toyWidth]);
    for (const [i, index] of examples.entries()) {
      const [alone] = await all(slow, [[index]]);
      const each = 4 * toyWidth;
      deepEqual(x.data.slice(i * each, (i + 1) * each), alone!.x.data);
    }
  }
});

Deno.test("collect() leaves special tokens out, unless all are asked for", async () => {
  const encoder = toyEncoder({ specials: 2 });
  const [plain] = await all(toyDataset(9), [[8, 4]]);
  const [without] = await all(toyDataset(9), [[8, 4]], encoder);
  const [whole] = await all(toyDataset(9), [[8, 4]], encoder, "all");
  deepEqual(without!.x, plain!.x);
  equal(without!.perExample, 4);
  equal(whole!.perExample, 6);
  deepEqual(whole!.x.shape, [12, toyWidth]);
  equal(whole!.x.data[0], 8000);
  equal(whole!.x.data[6 * toyWidth], 4000);
  deepEqual(
    whole!.x.data.slice(2 * toyWidth, 6 * toyWidth),
    plain!.x.data.slice(0, 4 * toyWidth),
  );
  equal(tokensPerExample(encoder.hooks[0]!, "patches"), 4);
  equal(tokensPerExample(encoder.hooks[0]!, "all"), 6);
});

Deno.test("collect() leaves out pictures that cannot be decoded and says which", async () => {
  const found = await all(toyDataset(9, [1, 2, 5]), [[0, 1], [2, 5], [6]]);
  deepEqual(found.map(({ examples }) => examples), [[0], [], [6]]);
  deepEqual(found.map(({ x }) => x.shape[0]), [4, 0, 4]);
  deepEqual(
    found.map(({ skipped }) => skipped.map(({ id, message }) => [id, message])),
    [[["toy/1", "it is torn"]], [
      ["toy/2", "it is torn"],
      ["toy/5", "it is torn"],
    ], []],
  );
});

Deno.test("collect() skips by the name of the error, since a plugin may bring its own class", async () => {
  const dataset: Dataset = {
    length: 2,
    get: (index) =>
      index === 0
        ? Promise.reject(
          Object.assign(new Error("torn"), { name: "ExampleError", id: "a" }),
        )
        : toyDataset(2).get(1),
  };
  const [group] = await all(dataset, [[0, 1]]);
  deepEqual(group!.examples, [1]);
  equal(group!.skipped[0]!.id, "a");
});

Deno.test("collect() stops when no picture at all can be decoded", async () => {
  const dataset = toyDataset(6, [0, 1, 2, 3, 4, 5]);
  const endless = function* () {
    for (;;) yield* [[0, 1], [2, 3], [4, 5]];
  };
  const encoder = toyEncoder();
  await rejects(
    Array.fromAsync(collect(dataset, encoder, endless(), options(encoder))),
    {
      name: "ConfigError",
      path: "dataset",
      message: "Cannot decode any of the dataset's 6 pictures: it is torn",
    },
  );
});

Deno.test("collect() passes on any other error of the dataset or the encoder", async () => {
  const broken: Dataset = {
    length: 3,
    get: () => Promise.reject(new Error("the disk is gone")),
  };
  await rejects(all(broken, [[0], [1], [2]]), /the disk is gone/);
  const encoder: Encoder = {
    ...toyEncoder(),
    encode: () => Promise.reject(new Error("the model is gone")),
  };
  await rejects(all(toyDataset(3), [[0], [1], [2]], encoder), /model is gone/);
});

Deno.test("collect() reads ahead a bounded number of pictures", async () => {
  let now = 0, most = 0, read = 0, used = 0, furthest = 0;
  const dataset: Dataset = {
    length: 100,
    async get(index) {
      most = Math.max(most, ++now);
      furthest = Math.max(furthest, ++read - used);
      for (let i = 0; i < 5; i++) await setTimeout(0);
      now--;
      return await toyDataset(100).get(index);
    },
  };
  const encoder = toyEncoder();
  const groups = Array.from(
    { length: 25 },
    (_, i) => [0, 1, 2, 3].map((j) => 4 * i + j),
  );
  for await (
    const { examples } of collect(dataset, encoder, groups, options(encoder))
  ) {
    await setTimeout(0);
    used += examples.length;
  }
  equal(used, 100);
  ok(most > 4, `${most} at once: the next group waits for this one`);
  ok(most <= 12, `${most} pictures are decoded at once`);
  ok(furthest <= 24, `${furthest} pictures are read before they are used`);
});
