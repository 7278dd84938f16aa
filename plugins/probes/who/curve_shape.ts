/**
 * The shapes of tuning curves.
 *
 * @module
 */
import { correlation, midRanks } from "../../../mod.ts";
import type { TargetWords } from "../study/target.ts";

/** The names of the classes of curves; a latent's `curveClass` is an index of them. */
export function curveClasses(
  { small, large }: Pick<TargetWords, "small" | "large">,
): readonly string[] {
  return ["none", `monotone ${small[0]}`, `monotone ${large[0]}`, "band-pass"];
}

/** Least rank correlation of a curve with the number of the bin for it to count as monotone. */
const monotoneLeast = 0.8;

/**
 * Depth-selectivity index of You et al., 2021 (arXiv:2108.05312):
 * `(Rmax − R̄) / (Rmax + R̄)`, `R̄` the mean of all bins but the largest; 1 for
 * one that fires in one bin only, 0 for one that fires alike in all.
 */
export function selectivity(curve: Float64Array): number {
  const most = Math.max(...curve);
  const sum = curve.reduce((all, value) => all + value, 0);
  const others = (sum - most) / (curve.length - 1);
  return (most - others) / (most + others);
}

/** The bin of the largest mean, the first of equal ones. */
export function preferredBin(curve: Float64Array): number {
  return curve.indexOf(Math.max(...curve));
}

/**
 * The full width of a curve at half of its maximum, in units of `centres`: on
 * lines between the bins' centres, to the end of the scale on a side where the
 * curve stays above.
 */
export function widthAtHalf(
  curve: Float64Array,
  centres: Float64Array,
  edges: Float64Array,
): number {
  const peak = preferredBin(curve), half = curve[peak]! / 2;
  const side = (step: 1 | -1, end: number): number => {
    for (let b = peak + step; b >= 0 && b < curve.length; b += step) {
      if (curve[b]! > half) continue;
      const share = (curve[b - step]! - half) / (curve[b - step]! - curve[b]!);
      return centres[b - step]! + share * (centres[b]! - centres[b - step]!);
    }
    return end;
  };
  return side(1, edges.at(-1)!) - side(-1, edges[0]!);
}

/**
 * The class of a curve, as an index of {@linkcode curveClasses}: monotone when
 * its rank correlation with the number of the bin is 0.8 or more either way;
 * else band-pass when neither its first nor its last bin has more than half of
 * its maximum; else none.
 */
export function curveClass(curve: Float64Array): number {
  const trend = correlation(midRanks(curve), curve.keys().toArray());
  if (Math.abs(trend) >= monotoneLeast) return trend < 0 ? 1 : 2;
  const half = Math.max(...curve) / 2;
  return half > 0 && curve[0]! <= half && curve.at(-1)! <= half ? 3 : 0;
}
