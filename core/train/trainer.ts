/**
 * Trains a sparsifier: its parameters, Adam's moments and counters.
 *
 * @module
 */
import type { Engine } from "../engine.ts";
import { TrainingError } from "../errors.ts";
import { valueAndGrad } from "./grad.ts";
import { learningRate, type Schedule } from "./learning_rate.ts";
import type { Loss, Sparsifier } from "../sparsifier.ts";
import type { HostTensor, HostTensors, Tensor, Tensors } from "../tensor.ts";

/** Settings of the optimiser. */
export interface TrainerOptions extends Schedule {
  /** Adam's decay of the mean gradient. */
  readonly beta1: number;
  /** Adam's decay of the mean squared gradient. */
  readonly beta2: number;
  /** Added to the root of the mean squared gradient. */
  readonly epsilon: number;
  /** Largest norm of the gradient; null for none. */
  readonly clip: number | null;
  /** Tokens without firing after which a latent counts as dead. */
  readonly deadTokens: number;
}

/** What one step measured. */
export interface StepNumbers {
  /** The loss. */
  readonly loss: number;
  /** `Σ‖x − x̂‖²` over the scaled tokens of the batch. */
  readonly squaredError: number;
  /** Latents per token. */
  readonly l0: number;
  /** Share of the latents that are dead after the step. */
  readonly dead: number;
  /** The learning rate. */
  readonly lr: number;
  /** The other metrics of the sparsifier's loss, by name. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** An exponential average with a weight of 1 % for the latest value, bias-corrected. */
export interface RunningAverage {
  /** Weighted sum of the values. */
  sum: number;
  /** Sum of the weights. */
  weight: number;
}

/** Everything that a trainer's next step depends on. */
export interface TrainerState {
  /** Steps taken. */
  readonly step: number;
  /** The parameters. */
  readonly params: HostTensors;
  /** Adam's mean gradients, of the parameters that are trained. */
  readonly m: HostTensors;
  /** Adam's mean squared gradients. */
  readonly v: HostTensors;
  /** Tokens since each latent fired, `[dSae]`. */
  readonly sinceFired: Float64Array;
  /** Averages of the sparsifier's running numbers, by name. */
  readonly running: Readonly<Record<string, RunningAverage>>;
}

/** A sparsifier in training. */
export interface Trainer {
  /** Steps taken. */
  readonly step: number;
  /** The current parameters; frozen ones hold their running averages. */
  readonly params: Tensors;
  /** Share of the latents that are dead. */
  readonly dead: number;
  /**
   * Takes a step on scaled tokens `[rows, dModel]`.
   *
   * @throws {TrainingError} When the loss is not finite; nothing changes then.
   */
  train(x: HostTensor): Promise<StepNumbers>;
  /** Fills a frozen parameter with one value. */
  setFrozen(name: string, value: number): void;
  /** Everything that the next step depends on, to be read one tensor at a time. */
  state(): TrainerStateReader;
}

/** A {@linkcode TrainerState} whose tensors are still in the engine. */
export type TrainerStateReader =
  & Pick<TrainerState, "step" | "sinceFired" | "running">
  & { readonly tensors: ReadonlyMap<string, Tensor> };

/** The weight of the latest value in a running average. */
const latest = 0.01;

/** A trainer that starts from fresh parameters or resumes from a saved state. */
export function makeTrainer(
  engine: Engine,
  sparsifier: Sparsifier,
  start: HostTensors | TrainerState,
  options: TrainerOptions,
): Trainer {
  const saved = "step" in start ? start as TrainerState : undefined;
  const host = saved ? saved.params : start as HostTensors;
  const upload = ({ data, shape }: HostTensor): Tensor =>
    engine.tensor(data, shape);
  const params: Record<string, Tensor> = mapValues(host, upload);
  const frozen = sparsifier.frozen ?? [];
  const trained = Object.keys(params).filter((name) => !frozen.includes(name));
  const moments = (of: HostTensors | undefined): Record<string, Tensor> =>
    Object.fromEntries(
      trained.map((name) => [
        name,
        of ? upload(of[name]!) : engine.fill(0, params[name]!.shape),
      ]),
    );
  const m = moments(saved?.m), v = moments(saved?.v);
  const sinceFired = saved?.sinceFired.slice() ??
    new Float64Array(sparsifier.dSae);
  const running: Record<string, RunningAverage> = structuredClone(
    saved?.running ?? {},
  );
  let step = saved?.step ?? 0;

  const deadLatents = (): Uint32Array => {
    const dead: number[] = [];
    for (let latent = 0; latent < sinceFired.length; latent++) {
      if (sinceFired[latent]! >= options.deadTokens) dead.push(latent);
    }
    return Uint32Array.from(dead);
  };
  const setFrozen = (name: string, value: number): void => {
    const { shape } = params[name]!;
    // In place: a new tensor in `params` would leak the old one.
    const [to, from] = [params[name]!, engine.fill(value, shape)];
    engine.assign(to, from);
  };
  const average = (name: string, value: number): void => {
    if (!Number.isFinite(value)) return;
    const { sum, weight } = running[name] ?? { sum: 0, weight: 0 };
    running[name] = {
      sum: sum + latest * (value - sum),
      weight: weight + latest * (1 - weight),
    };
  };

  /** Clips the gradients and updates every parameter that has one. */
  const move = async (grads: Tensors, lr: number): Promise<void> => {
    const gradScale = await clipScale(engine, grads, options.clip);
    for (const name of trained) {
      const grad = grads[name];
      if (!grad) continue;
      engine.adam(params[name]!, grad, {
        m: m[name]!,
        v: v[name]!,
        step: step + 1,
        lr,
        beta1: options.beta1,
        beta2: options.beta2,
        epsilon: options.epsilon,
        gradScale,
        unitRows: sparsifier.unitRows?.includes(name) ?? false,
      });
    }
  };

  return {
    get step() {
      return step;
    },
    get dead() {
      return deadLatents().length / sparsifier.dSae;
    },
    params,
    setFrozen,
    train: (host) =>
      engine.tidy(async () => {
        const x = engine.tensor(host.data, host.shape), rows = host.shape[0]!;
        const batch = { x, dead: deadLatents(), step, steps: options.steps };
        const { result, grads } = await valueAndGrad(
          engine,
          params,
          (recording, params) => sparsifier.loss(recording, params, batch),
        );
        const loss = await readScalar(engine, result.loss);
        if (!Number.isFinite(loss)) {
          throw new TrainingError(
            step,
            `Cannot take step ${
              step + 1
            }: the loss is ${loss}; a smaller train.lr may help`,
          );
        }
        const lr = learningRate(step, options);
        await move(grads, lr);
        const fired = await engine.read(engine.count(result.codes));
        fired.forEach((count, latent) => {
          sinceFired[latent] = count > 0 ? 0 : sinceFired[latent]! + rows;
        });
        for (const [name, value] of Object.entries(result.running ?? {})) {
          average(name, await readScalar(engine, value));
        }
        step++;
        for (const [name, { sum, weight }] of Object.entries(running)) {
          setFrozen(name, sum / weight);
        }
        return {
          loss,
          lr,
          squaredError: await squaredError(engine, x, result),
          l0: result.codes.values.shape[0]! / rows,
          dead: deadLatents().length / sparsifier.dSae,
          metrics: await readScalars(engine, result.metrics),
        };
      }),
    state: () => ({
      step,
      sinceFired,
      running,
      tensors: new Map([
        ...Object.entries(params).map(([name, x]) =>
          [`params.${name}`, x] as const
        ),
        ...Object.entries(m).map(([name, x]) => [`m.${name}`, x] as const),
        ...Object.entries(v).map(([name, x]) => [`v.${name}`, x] as const),
      ]),
    }),
  };
}

/** The factor that limits the norm of the gradients to `clip`. */
async function clipScale(
  engine: Engine,
  grads: Tensors,
  clip: number | null,
): Promise<number> {
  if (clip === null) return 1;
  let squares = 0;
  for (const grad of Object.values(grads)) {
    squares += await readScalar(engine, engine.sum(engine.mul(grad, grad)));
  }
  return Math.min(1, clip / Math.sqrt(squares));
}

async function squaredError(
  engine: Engine,
  x: Tensor,
  { reconstruction }: Loss,
): Promise<number> {
  const error = engine.sub(x, reconstruction);
  return await readScalar(engine, engine.sum(engine.mul(error, error)));
}

async function readScalar(engine: Engine, x: Tensor): Promise<number> {
  return (await engine.read(x))[0]!;
}

async function readScalars(
  engine: Engine,
  tensors: Tensors,
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const [name, x] of Object.entries(tensors)) {
    numbers[name] = await readScalar(engine, x);
  }
  return numbers;
}

function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  f: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, f(value)]),
  );
}
