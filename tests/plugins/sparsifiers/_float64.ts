/**
 * Dictionaries in plain float64 loops, to check the real ones against.
 *
 * @module
 */
import { type HostTensor, type HostTensors, randomFrom } from "tessera";

/** A matrix, row by row. */
export type Rows = number[][];

/** A dictionary: matrices with one row per latent, and biases. */
export interface Dictionary {
  /** `[dSae, dModel]` */
  W_enc: Rows;
  /** `[dSae, dModel]` */
  W_dec: Rows;
  /** `[dSae]` */
  b_enc: number[];
  /** `[dModel]` */
  b_dec: number[];
}

/** Normal numbers, rounded to float32: `[rows, width]`. */
export function normals(rows: number, width: number, seed: number): Rows {
  const random = randomFrom(seed, rows, width);
  return Array.from(
    { length: rows },
    () => Array.from({ length: width }, () => Math.fround(random.normal())),
  );
}

/** A dictionary without symmetries: nothing is 0, equal or of norm 1. */
export function someDictionary(dSae: number, dModel: number): Dictionary {
  return {
    W_enc: normals(dSae, dModel, 1),
    W_dec: normals(dSae, dModel, 2),
    b_enc: normals(1, dSae, 3)[0]!,
    b_dec: normals(1, dModel, 4)[0]!,
  };
}

/** The tensor of a matrix. */
export function fromRows(rows: Rows): HostTensor {
  const data = Float32Array.from(rows.flat());
  return { data, shape: [rows.length, rows[0]!.length] };
}

/** The matrix of a tensor. */
export function toRows({ data, shape }: HostTensor): Rows {
  const [rows, width] = shape as [number, number];
  return Array.from(
    { length: rows },
    (_, row) => [...data.subarray(row * width, (row + 1) * width)],
  );
}

/** A dictionary's parameters in the form that sparsifiers take. */
export function fromDictionary(dictionary: Dictionary): HostTensors {
  const { W_enc, W_dec, b_enc, b_dec } = dictionary;
  const vector = (values: number[]): HostTensor => ({
    data: Float32Array.from(values),
    shape: [values.length],
  });
  return {
    W_enc: fromRows(W_enc),
    W_dec: fromRows(W_dec),
    b_enc: vector(b_enc),
    b_dec: vector(b_dec),
  };
}

/** `ReLU(W_enc (x − b_dec) + b_enc)` of each token: `[tokens, dSae]`. */
export function latentsOf(x: Rows, { W_enc, b_enc, b_dec }: Dictionary): Rows {
  return x.map((token) =>
    W_enc.map((row, latent) => {
      let sum = b_enc[latent]!;
      row.forEach((w, d) => sum += w * (token[d]! - b_dec[d]!));
      return Math.max(sum, 0);
    })
  );
}

/** `codes` with all but the `k` largest of each row set to 0, optionally among a subset of latents. */
export function largestOfRows(
  codes: Rows,
  k: number,
  among?: Iterable<number>,
): Rows {
  return codes.map((row) => {
    const order = [...among ?? row.keys()].sort((p, q) => row[q]! - row[p]!);
    const kept = new Set(order.slice(0, k));
    return row.map((value, latent) => kept.has(latent) ? value : 0);
  });
}

/** `W_dec f + bias` of each row of codes: `[tokens, dModel]`. */
export function decoded(codes: Rows, W_dec: Rows, bias?: number[]): Rows {
  return codes.map((row) =>
    W_dec[0]!.map((_, d) => {
      let sum = bias?.[d] ?? 0;
      row.forEach((value, latent) => sum += value * W_dec[latent]![d]!);
      return sum;
    })
  );
}

/** `a − b`, elementwise. */
export function difference(a: Rows, b: Rows): Rows {
  return a.map((row, i) => row.map((value, d) => value - b[i]![d]!));
}

/** The sum of squares. */
export function squares(rows: Rows): number {
  return rows.flat().reduce((sum, value) => sum + value * value, 0);
}

/** The mean row. */
export function meanRow(rows: Rows): number[] {
  return rows[0]!.map((_, d) =>
    rows.reduce((sum, row) => sum + row[d]!, 0) / rows.length
  );
}
