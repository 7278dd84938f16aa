/**
 * Codes, and the operations on their kept entries.
 *
 * @module
 */
import type { Codes, DecodeOptions, HostCodes, Tensor } from "../../../mod.ts";
import { type Dense, dense, makeTensor, matrix, zip } from "./dense.ts";

/** Codes of the reference engine. */
export interface Sparse extends Codes {
  /** The kept values, `[entries]`. */
  readonly values: Dense;
  /** Where each row's entries start, `[rows + 1]`. */
  readonly offsets: Uint32Array;
  /** The latent of each entry, `[entries]`. */
  readonly latents: Uint32Array;
}

const sparse = (codes: Codes): Sparse => codes as Sparse;

/** Copies codes from the host. */
export function codesOf(host: HostCodes): Sparse {
  return {
    shape: host.shape,
    offsets: host.offsets.slice(),
    latents: host.latents.slice(),
    values: makeTensor(host.values.slice(), [host.values.length]),
  };
}

/** Copies codes to the host. */
export function hostCodes(codes: Codes): HostCodes {
  const { shape, offsets, latents, values } = sparse(codes);
  return {
    shape,
    offsets: offsets.slice(),
    latents: latents.slice(),
    values: values.data.slice(),
  };
}

/** `codes · W_dec + b_dec`: `[rows, dModel]`. */
export function decode(
  codes: Codes,
  W_dec: Tensor,
  b_dec?: Tensor,
  { prefix = codes.shape[1] }: DecodeOptions = {},
): Dense {
  const [rows] = codes.shape, [, dModel] = matrix(W_dec, "W_dec");
  const sums = new Float64Array(rows * dModel);
  forEachEntry(codes, (row, latent, value) => {
    if (latent >= prefix) return;
    for (let d = 0; d < dModel; d++) {
      sums[row * dModel + d]! += value *
        dense(W_dec).data[latent * dModel + d]!;
    }
  });
  const out = makeTensor(Float32Array.from(sums), [rows, dModel]);
  return b_dec ? zip(out, b_dec, (a, b) => a + b) : out;
}

/** At each kept entry, `x[row] · W[latent]`: `[entries]`. */
export function dots(codes: Codes, x: Tensor, W: Tensor): Dense {
  const [, dModel] = matrix(x, "x");
  const out = new Float32Array(codes.values.shape[0]!);
  forEachEntry(codes, (row, latent, _, entry) => {
    let sum = 0;
    for (let d = 0; d < dModel; d++) {
      sum += dense(x).data[row * dModel + d]! *
        dense(W).data[latent * dModel + d]!;
    }
    out[entry] = sum;
  });
  return makeTensor(out, [out.length]);
}

/** `codesᵀ · x`: `[dSae, dModel]`. */
export function outer(codes: Codes, x: Tensor): Dense {
  const [, dModel] = matrix(x, "x"), [, dSae] = codes.shape;
  const sums = new Float64Array(dSae * dModel);
  forEachEntry(codes, (row, latent, value) => {
    for (let d = 0; d < dModel; d++) {
      sums[latent * dModel + d]! += value *
        dense(x).data[row * dModel + d]!;
    }
  });
  return makeTensor(Float32Array.from(sums), [dSae, dModel]);
}

/** The same entries with other values. */
export function withValues(codes: Codes, values: Tensor): Codes {
  const was = codes.values.shape, now = values.shape;
  if (String(was) === String(now)) return { ...codes, values };
  throw new RangeError(
    `Cannot give values of shape [${now}] to codes with [${was}] entries`,
  );
}

/** A per-latent vector `[dSae]` at each kept entry: `[entries]`. */
export function take(x: Tensor, codes: Codes): Dense {
  const out = new Float32Array(codes.values.shape[0]!);
  forEachEntry(codes, (_, latent, __, entry) => {
    out[entry] = dense(x).data[latent]!;
  });
  return makeTensor(out, [out.length]);
}

/** The sum of each latent's entries: `[dSae]`. */
export function sumByLatent(codes: Codes): Dense {
  return total(codes, codes.shape[1], (_, latent, value) => [latent, value]);
}

/** The sum of each row's entries: `[rows]`. */
export function sumByRow(codes: Codes): Dense {
  return total(codes, codes.shape[0], (row, _, value) => [row, value]);
}

/** On how many rows each latent was kept: `[dSae]`. */
export function count(codes: Codes): Dense {
  return total(codes, codes.shape[1], (_, latent) => [latent, 1]);
}

function total(
  codes: Codes,
  length: number,
  term: (row: number, latent: number, value: number) => [number, number],
): Dense {
  const sums = new Float64Array(length);
  forEachEntry(codes, (row, latent, value) => {
    const [at, what] = term(row, latent, value);
    sums[at]! += what;
  });
  return makeTensor(Float32Array.from(sums), [length]);
}

function forEachEntry(
  codes: Codes,
  visit: (row: number, latent: number, value: number, entry: number) => void,
): void {
  const { shape: [rows], offsets, latents, values } = sparse(codes);
  for (let row = 0; row < rows; row++) {
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      visit(row, latents[entry]!, values.data[entry]!, entry);
    }
  }
}
