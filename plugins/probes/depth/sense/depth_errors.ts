/**
 * The errors of depth that the field reports.
 *
 * @module
 */
import { spearman } from "../../../../mod.ts";

/** What each error is, by name. Logarithms are natural but for `log10`. */
export const errorMeanings = {
  abs_rel: "mean of |found − true| / true depth",
  sq_rel: "mean of (found − true)² / true depth",
  rmse: "root of the mean squared error of depth",
  rmse_log: "root of the mean squared error of the logarithm of depth",
  log10: "mean absolute error of the decimal logarithm of depth",
  silog:
    "100 · √(E[g²] − E[g]²) of g = ln found − ln true, the variant of ZoeDepth and KITTI",
  silog_half:
    "√(E[g²] − ½ E[g]²) of the same g, the variant of Eigen et al. that Depth Anything trains with",
  delta1:
    "share of places where the larger of found and true is less than 1.25 times the smaller",
  delta2: "the same with 1.25²",
  delta3: "the same with 1.25³",
  spearman: "rank correlation of found and true inverse depth, nothing fitted",
  unusable:
    "share of places where the found depth is not a number above 1 mm: it counts as 1 mm, and as the farthest true depth where it is infinite",
} as const;

/** The depth in metres that counts where none is found: a millimetre, as evaluations of NYU and KITTI have it. */
export const smallestDepth = 1e-3;

/** The name of an error. */
export type DepthError = keyof typeof errorMeanings;

/** The errors of one picture. */
export type DepthErrors = Readonly<Record<DepthError, number>>;

/**
 * The errors of `found` where `truth` is known, both in metres. What is found
 * there counts, whatever it is: below {@linkcode smallestDepth}, or no number,
 * it is that; infinite, it is the farthest true depth. NaN where nothing is
 * known, and for `spearman` where one of the two is the same everywhere.
 * Definitions: Eigen et al., 2014
 * (arXiv:1406.2283); ZoeDepth (arXiv:2302.12288) for `silog`.
 */
export function depthErrors(
  found: ArrayLike<number>,
  truth: ArrayLike<number>,
): DepthErrors {
  const at: number[] = [];
  for (let i = 0; i < truth.length; i++) {
    if (truth[i]! > 0 && truth[i]! < Infinity) at.push(i);
  }
  const farthest = at.reduce((most, i) => Math.max(most, truth[i]!), 0);
  const counted = Float64Array.from(
    found,
    (d) => d === Infinity ? farthest : d >= smallestDepth ? d : smallestDepth,
  );
  const mean = (of: (d: number, t: number) => number): number =>
    at.reduce((sum, i) => sum + of(counted[i]!, truth[i]!), 0) / at.length;
  const unusable = at.filter((i) => !isUsable(found[i]!)).length / at.length;
  const g = (d: number, t: number) => Math.log(d) - Math.log(t);
  const gMean = mean(g), gSquares = mean((d, t) => g(d, t) ** 2);
  const within = (most: number) =>
    mean((d, t) => Number(Math.max(d / t, t / d) < most));
  return {
    abs_rel: mean((d, t) => Math.abs(d - t) / t),
    sq_rel: mean((d, t) => (d - t) ** 2 / t),
    rmse: Math.sqrt(mean((d, t) => (d - t) ** 2)),
    rmse_log: Math.sqrt(gSquares),
    log10: mean((d, t) => Math.abs(Math.log10(d) - Math.log10(t))),
    // Rounding may leave a hair less than nothing.
    silog: 100 * Math.sqrt(Math.max(0, gSquares - gMean ** 2)),
    silog_half: Math.sqrt(Math.max(0, gSquares - gMean ** 2 / 2)),
    delta1: within(1.25),
    delta2: within(1.25 ** 2),
    delta3: within(1.25 ** 3),
    spearman: spearman(counted, truth),
    unusable,
  };
}

/** Whether a found depth in metres counts as it is. */
export function isUsable(depth: number): boolean {
  return depth >= smallestDepth && depth < Infinity;
}
