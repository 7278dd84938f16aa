/** Tests of measuring a dictionary. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { ExampleError, randomFrom } from "tessera";
import type { TokenGroup } from "../../../core/train/collect.ts";
import { evaluate } from "../../../core/train/evaluate.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { toySparsifier } from "../_toy_run.ts";

const width = 5, rows = 48, dSae = 12, scale = 0.25;
const engine = reference(), sparsifier = toySparsifier();

const random = randomFrom(2);
const floats = (length: number, add = 0): Float32Array =>
  Float32Array.from({ length }, () => add + random.normal());
const x = floats(rows * width, 20);
const W = floats(dSae * width), bias = floats(dSae), middle = floats(width, 5);
// The last latent never fires.
bias[dSae - 1] = -1e6;
const threshold = 0.4;

const params = {
  W_enc: engine.tensor(W, [dSae, width]),
  W_dec: engine.tensor(W, [dSae, width]),
  b_enc: engine.tensor(bias, [dSae]),
  b_dec: engine.tensor(middle, [width]),
  threshold: engine.fill(threshold, [dSae]),
};

/** The tokens in groups of `sizes` rows, 4 to a picture. */
async function* groups(
  sizes: readonly number[],
  skipped: readonly ExampleError[] = [],
): AsyncGenerator<TokenGroup> {
  let at = 0;
  for (const size of sizes) {
    await Promise.resolve();
    const data = x.subarray(at * width, (at + size) * width);
    const examples = Array.from({ length: size / 4 }, (_, i) => at + i);
    const ids = examples.map(String);
    yield {
      x: { data, shape: [size, width] },
      examples,
      ids,
      perExample: 4,
      labels: [],
      skipped,
    };
    at += size;
  }
}

/** The same measurements in plain float64. */
function brute(): { fvu: number; l0: number; silent: number } {
  const scaled = [...x].map((value) => value * scale);
  const mean = new Array(width).fill(0), fired = new Set<number>();
  scaled.forEach((value, i) => mean[i % width] += value / rows);
  let error = 0, variance = 0, kept = 0;
  for (let row = 0; row < rows; row++) {
    const token = scaled.slice(row * width, (row + 1) * width);
    const back = [...middle];
    for (let latent = 0; latent < dSae; latent++) {
      const w = W.subarray(latent * width, (latent + 1) * width);
      const code = token.reduce(
        (sum, value, d) => sum + (value - middle[d]!) * w[d]!,
        bias[latent]!,
      );
      if (code <= threshold) continue;
      kept++;
      fired.add(latent);
      w.forEach((value, d) => back[d]! += code * value);
    }
    token.forEach((value, d) => {
      error += (value - back[d]!) ** 2;
      variance += (value - mean[d]) ** 2;
    });
  }
  return {
    fvu: error / variance,
    l0: kept / rows,
    silent: 1 - fired.size / dSae,
  };
}

Deno.test("evaluate() measures FVU, L0 and silent latents over all tokens at once", async () => {
  const wanted = brute();
  for (const sizes of [[48], [4, 40, 4], [0, 16, 0, 32]]) {
    const input = { engine, sparsifier, params, scale };
    const found = await evaluate(groups(sizes), input);
    ok(
      Math.abs(found.fvu - wanted.fvu) < 1e-5 * wanted.fvu,
      `${found.fvu}, expected ${wanted.fvu}`,
    );
    equal(found.l0, wanted.l0);
    ok(Math.abs(found.silent - wanted.silent) < 1e-9);
    ok(found.silent > 0);
    equal(found.tokens, 48);
    equal(found.images, 12);
    equal(found.skipped, 0);
  }
});

Deno.test("evaluate() counts pictures that could not be decoded", async () => {
  const input = { engine, sparsifier, params, scale };
  const bad = [new ExampleError("a", "torn")];
  const { skipped, fvu } = await evaluate(groups([0, 48], bad), input);
  equal(skipped, 2);
  deepEqual(fvu, (await evaluate(groups([48]), input)).fvu);
});

Deno.test("evaluate() of no tokens at all is NaN, not 0", async () => {
  const found = await evaluate(groups([]), {
    engine,
    sparsifier,
    params,
    scale,
  });
  ok(Number.isNaN(found.fvu) && Number.isNaN(found.l0));
  equal(found.tokens, 0);
});
