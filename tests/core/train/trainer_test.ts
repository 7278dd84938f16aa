/** Tests of training steps: what is trained, counted and refused. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { type HostTensor, randomFrom, type Sparsifier } from "tessera";
import { fitInitialNorm } from "../../../core/train/fit_initial_norm.ts";
import {
  makeTrainer,
  type Trainer,
  type TrainerOptions,
} from "../../../core/train/trainer.ts";
import { reference } from "../../../plugins/engines/reference/mod.ts";
import { closeTo } from "../../conformance/close_to.ts";
import { toySparsifier } from "../_toy_run.ts";

const width = 4, rows = 16, engine = reference();

const options: TrainerOptions = {
  lr: 0.01,
  warmup: 0,
  decay: 0,
  steps: 100,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  clip: null,
  deadTokens: 3 * rows,
};

function tokens(seed: number): HostTensor {
  const random = randomFrom(seed);
  const data = Float32Array.from(
    { length: rows * width },
    () => random.normal(),
  );
  return { data, shape: [rows, width] };
}

function start(
  sparsifier: Sparsifier = toySparsifier(),
  change: Partial<TrainerOptions> = {},
): Trainer {
  const random = randomFrom(4), sample = tokens(99);
  const fresh = sparsifier.init({ dModel: width, sample, random });
  return makeTrainer(engine, sparsifier, fresh, { ...options, ...change });
}

/** A parameter of a trainer, on the host. */
const read = (trainer: Trainer, name: string): Promise<Float32Array> =>
  engine.read(trainer.params[name]!);

Deno.test("train() lowers the loss and keeps the rows of W_dec at norm 1", async () => {
  const trainer = start();
  const first = await trainer.train(tokens(1));
  for (let i = 0; i < 60; i++) await trainer.train(tokens(1));
  const last = await trainer.train(tokens(1));
  ok(last.loss < 0.7 * first.loss, `${first.loss} → ${last.loss}`);
  equal(trainer.step, 62);
  equal(first.l0, 2);
  const W_dec = await read(trainer, "W_dec");
  for (let at = 0; at < W_dec.length; at += width) {
    closeTo([Math.hypot(...W_dec.subarray(at, at + width))], [1], 1e-5);
  }
});

Deno.test("train() reports the squared error of the batch as it was before the step", async () => {
  const trainer = start(toySparsifier(), { lr: 1e-9 });
  const { loss, squaredError } = await trainer.train(tokens(1));
  closeTo([squaredError / rows], [loss], 1e-6);
});

Deno.test("train() counts latents that fired on none of the last tokens as dead", async () => {
  const sparsifier = toySparsifier();
  const fresh = sparsifier.init({
    dModel: width,
    sample: tokens(99),
    random: randomFrom(4),
  });
  // Two latents that cannot fire.
  fresh.b_enc!.data.set([-1e6, -1e6], 3);
  const trainer = makeTrainer(engine, sparsifier, fresh, options);
  const seen: number[] = [];
  for (let step = 0; step < 4; step++) {
    seen.push((await trainer.train(tokens(step))).dead);
  }
  ok(seen[1]! === 0 && seen[2]! >= 2 / 12 && seen[3]! >= 2 / 12, `${seen}`);
  equal(trainer.dead, seen[3]);
  const { sinceFired } = trainer.state();
  deepEqual([...sinceFired.subarray(3, 5)], [64, 64]);
});

Deno.test("train() fills a frozen parameter with the average of its running number, from the first step", async () => {
  // A frozen threshold: the smallest value kept in each step.
  const sparsifier = toySparsifier(), least: number[] = [];
  const spy: Sparsifier = {
    ...sparsifier,
    async loss(e, params, batch) {
      const loss = await sparsifier.loss(e, params, batch);
      const { values } = await sparsifier.loss(engine, trainer.params, {
        ...batch,
        x: engine.tensor(current.data, current.shape),
      }).then(({ codes }) => codes);
      least.push(Math.min(...await engine.read(values)));
      return loss;
    },
  };
  const trainer: Trainer = start(spy);
  let current = tokens(0);
  for (let step = 0; step < 5; step++) {
    current = tokens(step);
    await trainer.train(current);
    // Weights 0.99ⁿ, normalised, with the latest value weighted most.
    const weights = least.map((_, i) => 0.99 ** (least.length - 1 - i));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const average = least.reduce(
      (sum, x, i) => sum + x * weights[i]! / total,
      0,
    );
    const threshold = await read(trainer, "threshold");
    closeTo(threshold, new Array(12).fill(average), 1e-5);
  }
  trainer.setFrozen("threshold", 7);
  deepEqual([...await read(trainer, "threshold")], new Array(12).fill(7));
});

Deno.test("train() shortens gradients that are longer than clip", async () => {
  // Adam's first step depends on the gradient's sign only, but with a large epsilon on its size.
  const change = { beta1: 0, beta2: 0, epsilon: 1e6, lr: 1e6 };
  const moved = async (clip: number | null): Promise<number> => {
    const trainer = start(toySparsifier(), { ...change, clip });
    const before: Record<string, Float32Array> = {};
    const names = ["W_enc", "b_enc", "b_dec"];
    for (const name of names) before[name] = await read(trainer, name);
    await trainer.train(tokens(1));
    let squares = 0;
    for (const name of names) {
      (await read(trainer, name)).forEach((x, i) =>
        squares += (x - before[name]![i]!) ** 2
      );
    }
    return Math.sqrt(squares);
  };
  const free = await moved(null);
  ok(free > 0.1);
  closeTo([await moved(1e9)], [free], 1e-6);
  const [half, quarter] = [await moved(0.02), await moved(0.01)];
  ok(half < 0.021 && half < free, `${half}, free ${free}`);
  closeTo([quarter], [half / 2], 1e-4);
});

Deno.test("train() on tokens that are not finite refuses, and changes nothing", async () => {
  const trainer = start();
  await trainer.train(tokens(1));
  const before = await read(trainer, "W_enc");
  const bad = tokens(2);
  bad.data[3] = NaN;
  await rejects(trainer.train(bad), {
    name: "TrainingError",
    step: 1,
    message: /^Cannot take step 2: the loss is NaN/,
  });
  equal(trainer.step, 1);
  deepEqual(await read(trainer, "W_enc"), before);
});

Deno.test("fitInitialNorm() gives first reconstructions the right norm", async () => {
  const sparsifier = toySparsifier(6), sample = tokens(5);
  const fresh = sparsifier.init({
    dModel: width,
    sample,
    random: randomFrom(4),
  });
  const lossOf = async (params: typeof fresh, factor = 1): Promise<number> => {
    const uploaded = Object.fromEntries(
      Object.entries(params).map(([name, { data, shape }]) => {
        const values = name === "W_enc" ? data.map((x) => x * factor) : data;
        return [name, engine.tensor(values, shape)] as const;
      }),
    );
    const x = engine.tensor(sample.data, sample.shape);
    const batch = { x, dead: new Uint32Array(), step: 0, steps: 1 };
    const { loss } = await sparsifier.loss(engine, uploaded, batch);
    return (await engine.read(loss))[0]!;
  };
  const fitted = await fitInitialNorm(engine, sparsifier, fresh, sample);
  const best = await lossOf(fitted);
  ok(best < await lossOf(fresh));
  for (const factor of [0.9, 1.1]) ok(best < await lossOf(fitted, factor));
  deepEqual(fitted.W_dec, fresh.W_dec);
  deepEqual(fitted.b_dec, fresh.b_dec);
});

Deno.test("fitInitialNorm() leaves unknown parameters unchanged", async () => {
  const sparsifier = toySparsifier(), sample = tokens(5);
  const other = { A: tokens(1) };
  equal(await fitInitialNorm(engine, sparsifier, other, sample), other);
});
