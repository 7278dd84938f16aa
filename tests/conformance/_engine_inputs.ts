/**
 * The sizes, numbers and codes that engines are tested with.
 *
 * @module
 */
import {
  type Codes,
  type Engine,
  type HostCodes,
  randomFrom,
  type Selection,
} from "tessera";

/** The sizes of a step. */
interface Size {
  readonly rows: number;
  readonly dModel: number;
  readonly dSae: number;
}

/** Seeded random numbers between -1 and 1. */
export function values(length: number, seed: number): Float32Array {
  const random = randomFrom(seed, length);
  return Float32Array.from({ length }, () => random.next() * 2 - 1);
}

/** Codes with empty rows, latents that never fire and one that always does. */
export function someCodes({ rows, dSae }: Size): HostCodes {
  const offsets = [0], latents: number[] = [];
  const random = randomFrom(9);
  for (let row = 0; row < rows; row++) {
    for (let latent = 0; latent < dSae; latent++) {
      const here = latent === dSae - 1 || latent % 3 !== 1;
      if (row % 4 !== 2 && here && random.next() < 0.3) latents.push(latent);
    }
    offsets.push(latents.length);
  }
  return {
    shape: [rows, dSae],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: values(latents.length, 6),
  };
}

/** Sizes that are multiples of no block, vector or thread count, and one that is of all. */
export const sizes = [
  { rows: 1, dModel: 1, dSae: 1 },
  { rows: 3, dModel: 5, dSae: 7 },
  { rows: 17, dModel: 19, dSae: 67 },
  { rows: 64, dModel: 32, dSae: 128 },
  { rows: 33, dModel: 130, dSae: 1031 },
];

/** Activations to encode, and the parameters. */
interface Inputs {
  readonly x: Float32Array;
  readonly W: Float32Array;
  readonly b_enc: Float32Array;
  readonly b_dec: Float32Array;
}

/** Seeded random inputs of a size. */
export function inputs({ rows, dModel, dSae }: Size): Inputs {
  return {
    x: values(rows * dModel, 1),
    W: values(dSae * dModel, 2),
    b_enc: values(dSae, 3),
    b_dec: values(dModel, 4),
  };
}

/** The selections to test, by name. */
export function selections(
  engine: Engine,
  { dSae }: Size,
): Record<string, Selection> {
  const among = Uint32Array.from(
    { length: Math.ceil(dSae / 3) },
    (_, i) => Math.min(3 * i, dSae - 1),
  );
  return {
    positive: { keep: "positive" },
    "top-k": { keep: "top-k", k: 4 },
    "top-k among some": { keep: "top-k", k: 3, among },
    "top-k among none": { keep: "top-k", k: 3, among: new Uint32Array() },
    "batch-top-k": { keep: "batch-top-k", k: 3 },
    "batch-top-k of a fraction": { keep: "batch-top-k", k: 0.5 },
    "more than are positive": { keep: "batch-top-k", k: 2 * dSae },
    above: {
      keep: "above",
      threshold: engine.tensor(values(dSae, 5), [dSae]),
    },
  };
}

/** Encodes inputs on an engine. */
export function encode(
  engine: Engine,
  { rows, dModel, dSae }: Size,
  { x, W, b_enc, b_dec }: Inputs,
  selection: Selection,
): Promise<Codes> {
  return engine.encode(engine.tensor(x, [rows, dModel]), {
    W_enc: engine.tensor(W, [dSae, dModel]),
    b_enc: engine.tensor(b_enc, [dSae]),
    b_dec: engine.tensor(b_dec, [dModel]),
  }, selection);
}
