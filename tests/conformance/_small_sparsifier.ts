/**
 * Inputs, parameters, losses and gradients of a small sparsifier, for tests.
 *
 * @module
 */
import { deepStrictEqual } from "node:assert/strict";
import {
  type Batch,
  type Engine,
  type HostTensor,
  type HostTensors,
  randomFrom,
  type Sparsifier,
  type Tensor,
  valueAndGrad,
} from "tessera";
import { reference } from "../../plugins/engines/reference/mod.ts";

/** Width of the activations: not a multiple of any block, vector or thread count. */
export const dModel = 7;

/** Number of latents. */
export const dSae = 22;

/** Tokens of a batch. */
export const rows = 13;

/** A batch on the host. */
interface HostBatch {
  /** Activations, `[rows, dModel]`. */
  readonly x: HostTensor;
  /** Dead latents; none when absent. */
  readonly dead?: Uint32Array;
  /** How many of a hundred steps were taken; 0 when absent. */
  readonly step?: number;
}

/** Normally distributed tokens away from the origin, of total variance 1: `[length, dModel]`. */
export function tokens(length: number): HostTensor {
  const random = randomFrom(2), spread = 1 / Math.sqrt(dModel);
  const data = Float32Array.from(
    { length: length * dModel },
    (_, i) => spread * (random.normal() + Math.sin(i % dModel)),
  );
  return { data, shape: [length, dModel] };
}

/** Initial parameters, always the same. */
export function init(sparsifier: Sparsifier): HostTensors {
  return sparsifier.init({ dModel, sample: tokens(64), random: randomFrom(1) });
}

/** Multiplies every value. */
export function times({ data, shape }: HostTensor, by: number): HostTensor {
  return { data: data.map((value) => value * by), shape };
}

/** Copies a tensor into an engine. */
export function toEngine(engine: Engine, { data, shape }: HostTensor): Tensor {
  return engine.tensor(data, shape);
}

/** Copies parameters into an engine. */
export function upload(
  engine: Engine,
  host: HostTensors,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(host).map(([key, value]) => [key, toEngine(engine, value)]),
  );
}

/** Copies a batch into an engine. */
export function toBatch(
  engine: Engine,
  { x, dead = new Uint32Array(), step = 0 }: HostBatch,
): Batch {
  return { x: toEngine(engine, x), dead, step, steps: 100 };
}

/** The loss at given parameters. */
export async function lossOf(
  sparsifier: Sparsifier,
  engine: Engine,
  host: HostTensors,
  batch: HostBatch,
): Promise<number> {
  const params = upload(engine, host);
  const { loss } = await sparsifier.loss(
    engine,
    params,
    toBatch(engine, batch),
  );
  return (await engine.read(loss))[0]!;
}

/** Gradients of the loss by parameter, each of which must have the parameter's shape. */
export async function gradients(
  sparsifier: Sparsifier,
  engine: Engine,
  host: HostTensors,
  batch: HostBatch,
): Promise<Record<string, Float32Array>> {
  const { grads } = await valueAndGrad(
    engine,
    upload(engine, host),
    (e, params) => sparsifier.loss(e, params, toBatch(engine, batch)),
  );
  const entries = Object.entries(grads).map(async ([key, grad]) => {
    deepStrictEqual(
      [...grad.shape],
      [...host[key]!.shape],
      `shape of the gradient of ${key}`,
    );
    return [key, await engine.read(grad)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The parameters after some of a trainer's steps of Adam on one batch. */
export async function trained(
  sparsifier: Sparsifier,
  steps: number,
  engine: Engine = reference(),
): Promise<HostTensors> {
  const host = init(sparsifier), params = upload(engine, host);
  const zeros = ({ shape }: HostTensor) => engine.fill(0, shape);
  const moments = Object.entries(host).map(([key, value]) =>
    [key, { m: zeros(value), v: zeros(value) }] as const
  );
  const of = Object.fromEntries(moments);
  for (let step = 0; step < steps; step++) {
    const batch = toBatch(engine, { x: tokens(rows), step });
    const { result, grads } = await valueAndGrad(
      engine,
      params,
      (e, params) => sparsifier.loss(e, params, batch),
    );
    for (const [key, grad] of Object.entries(grads)) {
      engine.adam(params[key]!, grad, {
        ...of[key]!,
        step: step + 1,
        lr: 0.01,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        unitRows: sparsifier.unitRows?.includes(key) ?? false,
      });
    }
    for (const [key, value] of Object.entries(result.running ?? {})) {
      if (!(key in host)) continue;
      const [latest] = await engine.read(value);
      params[key] = engine.fill(latest!, host[key]!.shape);
    }
  }
  const read = Object.entries(params).map(async ([key, value]) =>
    [key, { data: await engine.read(value), shape: value.shape }] as const
  );
  return Object.fromEntries(await Promise.all(read));
}
