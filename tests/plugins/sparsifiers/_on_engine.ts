/**
 * Losses and codes of a sparsifier, copied to the host.
 *
 * @module
 */
import {
  type Batch,
  type Engine,
  type HostCodes,
  type HostTensor,
  type HostTensors,
  type Loss,
  type Sparsifier,
  type Tensor,
  type Tensors,
  valueAndGrad,
} from "tessera";

/** The result of {@linkcode runLoss}. */
export interface LossOnHost {
  /** The loss. */
  readonly loss: number;
  /** The logged parts by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** The codes of the batch. */
  readonly codes: HostCodes;
  /** Gradients by parameter. */
  readonly grads: Readonly<Record<string, Float32Array>>;
}

/** Copies tensors into an engine. */
export function upload(
  engine: Engine,
  host: HostTensors,
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(host).map(([name, { data, shape }]) =>
      [name, engine.tensor(data, shape)] as const
    ),
  );
}

/** Evaluates `loss` and its gradients. */
export async function runLoss(
  engine: Engine,
  params: HostTensors,
  x: HostTensor,
  loss: (
    engine: Engine,
    params: Tensors,
    batch: Batch,
  ) => Promise<Omit<Loss, "running">>,
  rest: Partial<Omit<Batch, "x">> = {},
): Promise<LossOnHost> {
  const batch = {
    x: engine.tensor(x.data, x.shape),
    dead: new Uint32Array(),
    step: 0,
    steps: 100,
    ...rest,
  };
  const { result, grads } = await valueAndGrad(
    engine,
    upload(engine, params),
    (e, params) => loss(e, params, batch),
  );
  const read = async (tensors: Tensors) => {
    const entries = Object.entries(tensors).map(async ([name, x]) =>
      [name, await engine.read(x)] as const
    );
    return Object.fromEntries(await Promise.all(entries));
  };
  const metrics = Object.entries(await read(result.metrics));
  return {
    loss: (await engine.read(result.loss))[0]!,
    metrics: Object.fromEntries(metrics.map(([name, [x]]) => [name, x!])),
    codes: await engine.readCodes(result.codes),
    grads: await read(grads),
  };
}

/** The codes of `x`, as at inference. */
export async function runEncode(
  engine: Engine,
  sparsifier: Sparsifier,
  params: HostTensors,
  x: HostTensor,
): Promise<HostCodes> {
  const codes = await sparsifier.encode(
    engine,
    upload(engine, params),
    engine.tensor(x.data, x.shape),
  );
  return await engine.readCodes(codes);
}

/** The number of entries in each row of codes. */
export function countsOf({ offsets }: HostCodes): number[] {
  return Array.from(offsets.subarray(1), (end, row) => end - offsets[row]!);
}

/** Codes as a dense matrix, flat: `[rows · dSae]`. */
export function denseOf(
  { shape: [rows, dSae], offsets, latents, values }: HostCodes,
): Float32Array {
  const dense = new Float32Array(rows * dSae);
  for (let row = 0; row < rows; row++) {
    for (let at = offsets[row]!; at < offsets[row + 1]!; at++) {
      dense[row * dSae + latents[at]!] = values[at]!;
    }
  }
  return dense;
}
