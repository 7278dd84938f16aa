/**
 * The fraction of variance unexplained (FVU).
 *
 * @module
 */

/** The state of {@linkcode FvuSums} as plain JSON. */
export interface FvuState {
  /** The first token. */
  readonly first: readonly number[];
  /** Sum of each dimension, about the first token. */
  readonly sums: readonly number[];
  /** Sum of squares, about the first token. */
  readonly squares: number;
  /** Sum of squared errors. */
  readonly error: number;
  /** Tokens added. */
  readonly rows: number;
}

/** Running sums for the FVU of all batches together. */
export interface FvuSums {
  /** Adds tokens `[rows, width]` and the summed squared error of their reconstructions. */
  add(x: Float32Array, squaredError: number): void;
  /** The FVU of everything added so far; NaN until two tokens differ. */
  value(): number;
  /** The state that {@linkcode fvuSums} resumes from. */
  state(): FvuState;
}

/**
 * `FVU = Σ‖x − x̂‖² / Σ‖x − μ‖²`, where `μ` is the mean of each dimension over
 * all tokens added, with sums in float64: always predicting `μ` scores 1, a
 * perfect reconstruction 0. `Σ‖x − μ‖²` is found in one pass from sums about the
 * first token, which keeps them small when the mean is large.
 *
 * @example Always predicting the mean scores 1
 * ```ts
 * import { fvuSums } from "tessera";
 * import { equal } from "node:assert/strict";
 *
 * const sums = fvuSums(1);
 * sums.add(Float32Array.of(100, 102), 1 + 1);
 * equal(sums.value(), 1);
 * ```
 */
export function fvuSums(width: number, saved?: FvuState): FvuSums {
  const first = Float64Array.from(saved?.first ?? new Array(width).fill(0));
  const sums = Float64Array.from(saved?.sums ?? new Array(width).fill(0));
  let { squares, error, rows } = saved ?? { squares: 0, error: 0, rows: 0 };
  return {
    add(x, squaredError) {
      if (rows === 0) first.set(x.subarray(0, width));
      for (let at = 0; at < x.length; at += width) {
        for (let d = 0; d < width; d++) {
          const centred = x[at + d]! - first[d]!;
          sums[d]! += centred;
          squares += centred * centred;
        }
      }
      rows += x.length / width;
      error += squaredError;
    },
    value: () => {
      const offset = sums.reduce((total, sum) => total + sum * sum, 0) / rows;
      return error / (squares - offset);
    },
    state: () => ({
      first: [...first],
      sums: [...sums],
      squares,
      error,
      rows,
    }),
  };
}
