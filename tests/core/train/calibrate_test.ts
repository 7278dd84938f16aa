/** Tests of calibrating a threshold. @module */
import { equal, ok } from "node:assert/strict";
import { randomFrom, type Tensor } from "tessera";
import { calibrate } from "../../../core/train/calibrate.ts";
import type { TokenGroup } from "../../../core/train/collect.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { toySparsifier } from "../_toy_run.ts";

const width = 5, dSae = 12, engine = reference(), sparsifier = toySparsifier();

/** Groups of 7, 0, 20 and 13 random tokens. */
async function* groups(): AsyncGenerator<TokenGroup> {
  const random = randomFrom(2);
  for (const tokens of [7, 0, 20, 13]) {
    const data = Float32Array.from(
      { length: tokens * width },
      () => random.normal(),
    );
    await Promise.resolve();
    yield {
      x: { data, shape: [tokens, width] },
      examples: tokens > 0 ? [0] : [],
      ids: [],
      perExample: tokens,
      labels: [],
      skipped: [],
    };
  }
}

/** A random dictionary whose latents have `b_enc` added. */
function input(b_enc: number, scale = 1) {
  const random = randomFrom(6);
  const tensor = (length: number, shape: number[]): Tensor =>
    engine.tensor(Float32Array.from({ length }, () => random.normal()), shape);
  const params = {
    W_enc: tensor(dSae * width, [dSae, width]),
    b_dec: tensor(width, [width]),
    b_enc: engine.fill(b_enc, [dSae]),
  };
  return { engine, sparsifier, params, scale };
}

/** How many activations lie above `threshold`, over all tokens. */
async function above(
  threshold: number,
  { params, scale }: ReturnType<typeof input>,
): Promise<number> {
  let count = 0;
  for await (const { x } of groups()) {
    const scaled = engine.tensor(x.data.map((v) => v * scale), x.shape);
    const codes = await engine.encode(scaled, params, {
      keep: "above",
      threshold: engine.fill(threshold, [dSae]),
    });
    count += codes.values.shape[0]!;
  }
  return count;
}

for (const targetL0 of [0.5, 1, 2.5, 4]) {
  for (const scale of [1, 0.1]) {
    Deno.test(`calibrate() gives exactly ${targetL0} latents per token at scale ${scale}`, async () => {
      const made = input(0.3, scale);
      const threshold = await calibrate(groups(), made, targetL0);
      ok(threshold > 0);
      equal(await above(threshold, made), targetL0 * 40);
    });
  }
}

Deno.test("calibrate() lets all fire when too few are positive", async () => {
  const made = input(-3.5), positive = await above(0, made);
  ok(positive > 0 && positive < 2 * 40, `${positive}`);
  equal(await calibrate(groups(), made, 2), 0);
});

Deno.test("calibrate() without a token is NaN", async () => {
  const none = async function* (): AsyncGenerator<TokenGroup> {};
  ok(Number.isNaN(await calibrate(none(), input(0), 2)));
});
