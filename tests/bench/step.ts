// deno-lint-ignore-file no-console
/**
 * The cost of a training step relative to its one dense product:
 * `deno run -A tests/bench/step.ts [dModel dSae k rows deadTokens]`.
 *
 * Each round times the product alone, in one call and in the engine's blocks,
 * then a whole step; ratios are taken within a round. No latent is dead unless
 * `deadTokens` is small: then the step includes AuxK, a second product over the
 * dead latents.
 *
 * @module
 */
import { makeTrainer } from "../../core/train/trainer.ts";
import { randomFrom } from "../../core/random.ts";
import { cpu } from "../../plugins/engines/cpu/mod.ts";
import { blockLength } from "../../plugins/engines/cpu/pre_activations.ts";
import { products } from "../../plugins/engines/cpu/product.ts";
import { batchTopK } from "../../plugins/sparsifiers/batch_top_k.ts";
import { median, milliseconds, peakMemory } from "./_median.ts";

const rounds = 12, warmUp = 4;
const [dModel = 768, dSae = 32768, k = 50, rows = 2048, deadTokens = 1e9] = Deno
  .args.map(Number);

const engine = await cpu();
const sparsifier = batchTopK({
  dSae,
  k,
  init: "random",
  bDec: "mean",
  alphaAux: 1 / 32,
});
const random = randomFrom(1);
const batch = (): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    { length: rows * dModel },
    () => (random.next() + random.next() - 1) * Math.sqrt(6 / dModel),
  );
const shape = [rows, dModel];
const trainer = makeTrainer(
  engine,
  sparsifier,
  sparsifier.init({ dModel, sample: { data: batch(), shape }, random }),
  {
    steps: 1000,
    lr: 1e-4,
    warmup: 0,
    decay: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    clip: null,
    deadTokens,
  },
);

// The engine's own product, so that the baseline has the same settings.
const { product: multiply, release } = await products(
  navigator.hardwareConcurrency,
);
const W = Float32Array.from(
  { length: dSae * dModel },
  () => random.next() - 0.5,
);
const Y = new Float32Array(rows * dSae);
const product = async (
  data: Float32Array<ArrayBuffer>,
  length: number,
): Promise<void> => {
  for (let first = 0; first < dSae; first += length) {
    const cols = Math.min(length, dSae - first);
    await multiply(
      { data, shape: [rows, dModel] },
      {
        data: W.subarray(first * dModel, (first + cols) * dModel),
        shape: [cols, dModel],
      },
      { data: Y.subarray(0, rows * cols), shape: [rows, cols] },
      false,
      true,
    );
  }
};

const dead: number[] = [],
  whole: number[] = [],
  blocks: number[] = [],
  steps: number[] = [];
for (let round = -warmUp; round < rounds; round++) {
  const data = batch();
  const times = [
    await milliseconds(() => product(data, dSae)),
    await milliseconds(() => product(data, blockLength(rows, dSae))),
    await milliseconds(() => trainer.train({ data, shape })),
  ] as const;
  if (round < 0) continue;
  whole.push(times[0]);
  blocks.push(times[1]);
  steps.push(times[2]);
  dead.push(trainer.dead);
}
const ratio = (of: readonly number[]): string =>
  median(steps.map((time, i) => time / of[i]!)).toFixed(2);
console.log(
  `d_model ${dModel}, d_sae ${dSae}, k ${k}, ${rows} tokens a step, ${
    (100 * median(dead)).toFixed(0)
  } % of the latents dead`,
);
console.log(`  product alone, whole      ${median(whole).toFixed(0)} ms`);
console.log(`  product alone, in blocks  ${median(blocks).toFixed(0)} ms`);
console.log(
  `  training step             ${median(steps).toFixed(0)} ms: ${
    ratio(whole)
  } × whole, ${ratio(blocks)} × in blocks`,
);
console.log(
  `  tokens a second           ${(1000 * rows / median(steps)).toFixed(0)}`,
);
console.log(`  peak memory               ${peakMemory().toFixed(0)} MiB`);
await release();
await engine.close();
