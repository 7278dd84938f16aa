/** Tests of creating the parts of a run. @module */
import { deepEqual, equal, notEqual, ok, rejects } from "node:assert/strict";
import { openToy, toyDataset, toyEncoder, toySparsifier } from "../_toy_run.ts";

Deno.test("openRun() fills in what depends on the parts", async () => {
  const run = await openToy({ train: { lr: undefined, tokens: 1000 } });
  equal(run.hook.name, "toy.1");
  equal(run.config.hook, "toy.1");
  equal(run.groupTokens, 16);
  equal(run.split.train.length, 32);
  deepEqual(run.optimiser, {
    steps: 63,
    lr: 2e-4 / Math.sqrt(12 / 2 ** 14),
    warmup: 6,
    decay: 0.2,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    clip: null,
    deadTokens: 50,
  });
  ok(run.memory > 0);
});

Deno.test("openRun() gives the same hash whether or not a run names the default hook", async () => {
  const [left, named, other] = await Promise.all([
    openToy(),
    openToy({ hook: "toy.1" }),
    openToy({ hook: "toy.0" }),
  ]);
  equal(left.hash, named.hash);
  notEqual(left.hash, other.hash);
});

const bad: [
  what: string,
  settings: Record<string, unknown>,
  message: string,
][] = [
  [
    "an unknown hook",
    { hook: "toy.2" },
    `Cannot find hook "toy.2": the nearest of the encoder's 2 are "toy.0", "toy.1"`,
  ],
  [
    "a buffer that is too small",
    { buffer: { tokens: 31 } },
    "Cannot shuffle in a buffer of 31 tokens: 4 pictures bring 16 and a batch takes 16; write at least 32 for buffer.tokens, or fewer buffer.images",
  ],
  [
    "more pictures held out than half",
    { evaluate: { images: 21 } },
    "Cannot hold out 21 of 40 pictures: write a number from 2 to 20 for evaluate.images",
  ],
];

for (const [what, settings, message] of bad) {
  Deno.test(`openRun() refuses ${what}, and closes what it opened`, async () => {
    let closed = 0;
    const close = () => {
      closed++;
      return Promise.resolve();
    };
    const parts = {
      dataset: { ...toyDataset(40), close },
      encoder: { ...toyEncoder(), close },
    };
    await rejects(openToy(settings, parts), { name: "ConfigError", message });
    equal(closed, 2);
  });
}

Deno.test("openRun() refuses the patches of a hook without any, and accepts its other tokens", async () => {
  const toy = toyEncoder();
  const hooks = toy.hooks.map((hook) => ({
    ...hook,
    layout: { specials: 1, grid: [0, 0] } as const,
  }));
  const parts = { encoder: { ...toy, hooks } };
  await rejects(openToy({}, parts), {
    name: "ConfigError",
    path: "hook",
    message:
      'Cannot train on the patches of "toy.1": it has none, only tokens of the whole picture; write "all" for tokens, or name another hook',
  });
  const run = await openToy({ tokens: "all" }, parts);
  equal(run.groupTokens, 4);
});

Deno.test("openRun() counts the buffer, the encoder and the dictionary into the memory", async () => {
  const { memory } = await openToy();
  const more = async (
    settings: Record<string, unknown>,
    parts: Parameters<typeof openToy>[1] = {},
  ): Promise<number> => (await openToy(settings, parts)).memory - memory;
  equal(await more({ buffer: { tokens: 1064 } }), 1000 * (6 * 4 + 4));
  equal(
    await more({ buffer: { tokens: 64, dtype: "bfloat16" } }),
    -64 * 6 * 2,
  );
  const encoder = { ...toyEncoder(), memory: (images: number) => 100 * images };
  equal(await more({}, { encoder }), 400);
  const sparsifier = { ...toySparsifier(), dSae: 1200 };
  ok(await more({}, { sparsifier }) > 1188 * 6 * 4 * 6);
});
