import { ok } from "node:assert/strict";
import {
  type Engine,
  type HostTensor,
  randomFrom,
  type Sparsifier,
  valueAndGrad,
} from "tessera";
import { cpu } from "../../../plugins/engines/cpu/mod.ts";
import { batchTopK } from "../../../plugins/sparsifiers/batch_top_k.ts";
import { reluL1 } from "../../../plugins/sparsifiers/relu_l1.ts";
import { upload } from "./_on_engine.ts";

const dModel = 64, planted = 256, dSae = 512, pool = 2 ** 15, rows = 512;

const trials: Record<string, { steps: number; sparsifier: Sparsifier }> = {
  "batch-top-k": {
    steps: 900,
    sparsifier: batchTopK({
      dSae,
      k: 4.5,
      init: "random",
      bDec: "geometric-median",
      alphaAux: 1 / 32,
    }),
  },
  "relu-l1": {
    steps: 1500,
    sparsifier: reluL1({
      dSae,
      lambda: 0.2,
      lambdaWarmup: 0.05,
      init: "random",
      bDec: "geometric-median",
    }),
  },
};

for (const [name, { steps, sparsifier }] of Object.entries(trials)) {
  Deno.test(`${name} recovers a dictionary planted in the data`, async () => {
    const directions = unitRows(planted, 1);
    const before = found(directions, unitRows(dSae, 2));
    ok(before < 0.5, `random directions already have cosine ${before}`);
    const engine = await cpu({ threads: 2 });
    try {
      const data = tokensOf(directions);
      const learned = await learn(engine, sparsifier, data, steps);
      const after = found(directions, learned);
      ok(after >= 0.95, `the mean greatest cosine is ${after}`);
    } finally {
      await engine.close();
    }
  });
}

/** Random directions of norm 1: `[count, dModel]`, flat. */
function unitRows(count: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const rows = Float32Array.from(
    { length: count * dModel },
    () => random.normal(),
  );
  for (let at = 0; at < rows.length; at += dModel) {
    const row = rows.subarray(at, at + dModel), norm = Math.hypot(...row);
    row.forEach((value, d) => row[d] = value / norm);
  }
  return rows;
}

/** Sums of four or five directions with a little noise, scaled to total variance 1. */
function tokensOf(directions: Float32Array): Float32Array {
  const random = randomFrom(3), tokens = new Float32Array(pool * dModel);
  for (let at = 0; at < tokens.length; at += dModel) {
    const token = tokens.subarray(at, at + dModel);
    for (let active = 4 + random.integer(2); active > 0; active--) {
      const from = random.integer(planted) * dModel;
      const strength = 0.5 + random.next();
      token.forEach((_, d) => token[d]! += strength * directions[from + d]!);
    }
    token.forEach((_, d) => token[d]! += 0.01 * random.normal());
  }
  const mean = new Float64Array(dModel);
  tokens.forEach((value, i) => mean[i % dModel]! += value / pool);
  const variance = tokens.reduce(
    (sum, value, i) => sum + (value - mean[i % dModel]!) ** 2 / pool,
    0,
  );
  return tokens.map((value) => value / Math.sqrt(variance));
}

/** A plain training loop: loss, gradient, Adam with a learning rate that falls to 0. Returns `W_dec`. */
async function learn(
  engine: Engine,
  sparsifier: Sparsifier,
  tokens: Float32Array,
  steps: number,
): Promise<Float32Array> {
  const sample = {
    data: tokens.slice(0, 2048 * dModel),
    shape: [2048, dModel],
  };
  const host = sparsifier.init({ dModel, sample, random: randomFrom(4) });
  const params = upload(engine, host);
  const zeros = ({ shape }: HostTensor) => engine.fill(0, shape);
  const moments = Object.fromEntries(
    Object.entries(host).map(([name, value]) =>
      [name, { m: zeros(value), v: zeros(value) }] as const
    ),
  );
  const silent = new Uint32Array(dSae);
  for (let step = 0; step < steps; step++) {
    const first = (step * rows) % pool * dModel;
    // A latent is dead when it has not fired for a hundred batches.
    const dead = Uint32Array.from(
      silent.keys().filter((latent) => silent[latent]! >= 100),
    );
    await engine.tidy(async () => {
      const batch = tokens.subarray(first, first + rows * dModel);
      const x = engine.tensor(batch, [rows, dModel]);
      const { result, grads } = await valueAndGrad(
        engine,
        params,
        (e, params) => sparsifier.loss(e, params, { x, dead, step, steps }),
      );
      for (const [name, grad] of Object.entries(grads)) {
        engine.adam(params[name]!, grad, {
          ...moments[name]!,
          step: step + 1,
          lr: 0.005 * Math.min(1, 2 * (1 - step / steps)),
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          unitRows: sparsifier.unitRows?.includes(name) ?? false,
        });
      }
      const fired = await engine.read(engine.count(result.codes));
      fired.forEach((count, i) => silent[i] = count > 0 ? 0 : silent[i]! + 1);
    });
  }
  return await engine.read(params.W_dec!);
}

/** The mean over directions of the largest cosine with a row of `learned`. */
function found(directions: Float32Array, learned: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < directions.length; at += dModel) {
    const direction = directions.subarray(at, at + dModel);
    let greatest = -1;
    for (let to = 0; to < learned.length; to += dModel) {
      let cosine = 0;
      for (let d = 0; d < dModel; d++) {
        cosine += direction[d]! * learned[to + d]!;
      }
      greatest = Math.max(greatest, cosine);
    }
    sum += greatest;
  }
  return sum / planted;
}
