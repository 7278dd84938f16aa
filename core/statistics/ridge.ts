/**
 * Ridge regression from sums over rows of features and targets: no row is kept.
 *
 * @module
 */
import { cholesky, dot, solve } from "./cholesky.ts";
import type { RowProducts, Rows } from "./gram.ts";

/** All that a linear fit needs to know of rows of features and targets. */
export interface NormalSums {
  /** Features of a row. */
  readonly width: number;
  /** Targets of a row. */
  readonly targets: number;
  /** Sums of the products of each two of features, targets and 1: `[width + targets + 1]²`, symmetric. */
  readonly gram: Float64Array;
}

/** A linear fit of each target. Features are raw, as they were summed. */
export interface RidgeFit {
  /** `[targets, width]`. */
  readonly weights: Float64Array;
  /** What is added, `[targets]`. */
  readonly intercept: Float64Array;
}

/**
 * Penalties to choose among. Features are standardised, so the same ones suit
 * every hook; the largest leaves little of features that do not help.
 */
export const defaultPenalties: readonly number[] = [1e-4, 1e-2, 1e-1, 1, 100];

/** The sums of no rows. */
export function normalSums(width: number, targets: number): NormalSums {
  const size = width + targets + 1;
  return { width, targets, gram: new Float64Array(size * size) };
}

/** Adds `from` to `to`, `times` over; -1 takes a fold away. Returns `to`. */
export function addSums(
  to: NormalSums,
  from: NormalSums,
  times = 1,
): NormalSums {
  for (let i = 0; i < to.gram.length; i++) to.gram[i]! += times * from.gram[i]!;
  return to;
}

/** The sum of `all`, at least one. */
export function sumOf(all: readonly NormalSums[]): NormalSums {
  const { width, targets } = all[0]!;
  return all.reduce(
    (sum, one) => addSums(sum, one),
    normalSums(width, targets),
  );
}

/** Adds rows: features `x`, `[rows, width]`, and targets `y`, `[rows, targets]`, with none NaN. */
export async function addRows(
  sums: NormalSums,
  { gram }: Pick<RowProducts, "gram">,
  x: Float32Array,
  y: Float64Array,
): Promise<void> {
  const { width, targets } = sums;
  const rows = width === 0 ? y.length / targets : x.length / width;
  if (rows === 0) return;
  const ones = withOnes(y, targets, rows);
  const found = width === 0
    ? narrowGram(ones)
    : await gram({ data: x, width }, ones);
  for (let i = 0; i < found.length; i++) sums.gram[i]! += found[i]!;
  // Left to the garbage collector, each would be new memory.
  (found.buffer as ArrayBuffer).transfer(0);
}

function withOnes(y: Float64Array, targets: number, rows: number): Rows {
  const width = targets + 1;
  const data = new Float64Array(rows * width).fill(1);
  for (let row = 0; row < rows; row++) {
    data.set(y.subarray(row * targets, (row + 1) * targets), row * width);
  }
  return { data, width };
}

/** The product of a few columns with themselves, by its definition. */
function narrowGram({ data, width }: Rows): Float64Array {
  const found = new Float64Array(width * width);
  for (let at = 0; at < data.length; at += width) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        found[i * width + j]! += data[at + i]! * data[at + j]!;
      }
    }
  }
  return found;
}

/** How many rows were added. */
export function rowCount({ gram }: NormalSums): number {
  return gram.at(-1)!;
}

/** The mean of each feature, then of each target: `[width + targets]`. */
export function meansOf({ gram, width, targets }: NormalSums): Float64Array {
  const size = width + targets + 1, n = gram.at(-1)!;
  return gram.subarray((size - 1) * size, size * size - 1).map((sum) =>
    sum / n
  );
}

/** The covariance of the features, `[width, width]`. */
export function covarianceOf(sums: NormalSums): Float64Array {
  const { width } = sums, covariance = covariances(sums, meansOf(sums));
  return Float64Array.from(
    { length: width * width },
    (_, at) => covariance(Math.floor(at / width), at % width),
  );
}

/** The covariance of each two of features, then targets, given the means of both. */
function covariances(
  sums: NormalSums,
  means: Float64Array,
): (i: number, j: number) => number {
  const { gram, width, targets } = sums, size = width + targets + 1;
  const n = rowCount(sums);
  return (i, j) => gram[i * size + j]! / n - means[i]! * means[j]!;
}

/** A part of a regression: its first features and its first targets. */
export interface Nested {
  /** How many features. */
  readonly features: number;
  /** How many targets. */
  readonly targets: number;
}

/**
 * Ridge regression (Hoerl and Kennard, 1970) of every target for every penalty
 * λ: the least `Σ(y − ŷ)² / n + λ Σβ²`, with `β` the weights of the features
 * divided by their standard deviations. Nothing is asked of the intercept.
 * Features that do not vary have weight 0. One factorisation for a penalty
 * serves all targets.
 */
export function fitRidge(
  sums: NormalSums,
  penalties: readonly number[],
): RidgeFit[] {
  return fitNested(sums, penalties, [wholeOf(sums)]).map(([fit]) => fit!);
}

/**
 * For every penalty {@linkcode fitRidge} of each part, as if there were no
 * other features or targets: the factorisation of all features holds that of
 * the first ones. Weights are `[targets, width]` all the same, 0 beyond the
 * part's features.
 */
export function fitNested(
  sums: NormalSums,
  penalties: readonly number[],
  parts: readonly Nested[],
): RidgeFit[][] {
  const { width } = sums, means = meansOf(sums);
  const covariance = covariances(sums, means);
  const { correlation, sd } = standardised(sums, covariance);
  // With each standardised feature, of each target.
  const along = Array.from(
    { length: Math.max(...parts.map(({ targets }) => targets)) },
    (_, target) => sd.map((one, d) => covariance(width + target, d) / one),
  );
  return penalties.map((penalty) => {
    const lifted = correlation.slice();
    for (let d = 0; d < width; d++) lifted[d * width + d]! += penalty;
    const factor = cholesky(lifted, width);
    return parts.map(({ features, targets }) => {
      const weights = new Float64Array(targets * width);
      const intercept = means.slice(width, width + targets);
      for (let target = 0; target < targets; target++) {
        const at = target * width, own = weights.subarray(at, at + features);
        own.set(along[target]!.subarray(0, features));
        solve(factor, width, own);
        for (let d = 0; d < features; d++) {
          own[d]! /= sd[d]!;
          intercept[target]! -= own[d]! * means[d]!;
        }
      }
      return { weights, intercept };
    });
  });
}

/** All features and all targets. */
export function wholeOf({ width, targets }: NormalSums): Nested {
  return { features: width, targets };
}

/** Least share of a feature's mean square that must be variance for it to count as varying. */
const leastVariance = 1e-12;

/** Correlations of the features, `[width²]` in the lower triangle, with their standard deviations. */
function standardised(
  sums: NormalSums,
  covariance: ReturnType<typeof covariances>,
) {
  const { gram, width, targets } = sums, size = width + targets + 1;
  const n = rowCount(sums);
  const sd = Float64Array.from({ length: width }, (_, d) => {
    const variance = covariance(d, d);
    const isConstant = !(variance > leastVariance * gram[d * size + d]! / n);
    return isConstant ? Infinity : Math.sqrt(variance);
  });
  const correlation = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) {
      correlation[i * width + j] = covariance(i, j) / sd[i]! / sd[j]!;
    }
    correlation[i * width + i] = 1;
  }
  return { correlation, sd };
}

/**
 * The summed squared error of each target of a fit on the rows of `sums`, by
 * the quadratic form `vᵀ G v` with `v` the weights, -1 at the target and the
 * intercept at 1: `[targets]`.
 */
export function squaredErrors(
  { weights, intercept }: RidgeFit,
  sums: NormalSums,
): Float64Array {
  const { gram, width, targets } = sums, size = width + targets + 1;
  return intercept.map((b, target) => {
    const v = weights.subarray(target * width, (target + 1) * width);
    const at = (width + target) * size, last = (size - 1) * size;
    let sum = gram[at + width + target]! -
      2 * b * gram[last + width + target]! +
      b * b * gram[last + size - 1]!;
    for (let d = 0; d < width; d++) {
      if (v[d] === 0) continue;
      // The matrix is symmetric: half of it is enough.
      const half = dot(gram, d * size, v, 0, d) +
        gram[d * size + d]! * v[d]! / 2;
      sum += 2 * v[d]! * (half - gram[at + d]! + b * gram[last + d]!);
    }
    return Math.max(0, sum);
  });
}

/** The summed squared distance of each target from its mean over the rows, `[targets]`. */
export function squaredDeviations(sums: NormalSums): Float64Array {
  const { gram, width, targets } = sums, size = width + targets + 1;
  const means = meansOf(sums), n = rowCount(sums);
  return Float64Array.from({ length: targets }, (_, target) => {
    const at = width + target, square = gram[at * size + at]!;
    const left = square - n * means[at]! ** 2;
    // What is left of equal numbers is rounding.
    return left > leastVariance * square ? left : 0;
  });
}

/**
 * `1 − Σ(y − ŷ)² / Σ(y − ȳ)²` of each target on the rows of `sums`, `ȳ` their
 * own mean: `[targets]`; NaN where a target does not vary.
 */
export function r2On(
  fit: RidgeFit,
  sums: NormalSums,
): Float64Array {
  const deviations = squaredDeviations(sums);
  return squaredErrors(fit, sums).map((error, target) =>
    deviations[target]! > 0 ? 1 - error / deviations[target]! : NaN
  );
}
