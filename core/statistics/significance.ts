/**
 * How surprising numbers are under a null hypothesis, alone and among many.
 *
 * @module
 */

/**
 * The p-value of a permutation test, `(1 + #{null ≥ observed}) / (1 + #null)`
 * (Phipson and Smyth, 2010); NaN when nothing was observed.
 *
 * @example
 * ```ts
 * import { shareAtLeast } from "./significance.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(shareAtLeast(2, [0.1, 0.5, 0.7]), 0.25);
 * ```
 */
export function shareAtLeast(
  observed: number,
  nulls: readonly number[],
): number {
  if (Number.isNaN(observed)) return NaN;
  // The same sum in another order may differ by rounding.
  const least = observed - 1e-9 * Math.abs(observed);
  let count = 1;
  for (const value of nulls) count += Number(value >= least);
  return count / (nulls.length + 1);
}

/**
 * The smallest false discovery rate at which each of several tests would be
 * among the discoveries (Benjamini and Hochberg, 1995); NaN, where a test was
 * not made, stays NaN and does not count.
 *
 * @example
 * ```ts
 * import { falseDiscoveryRates } from "./significance.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const q = falseDiscoveryRates(Float64Array.of(0.5, 0.125));
 * deepEqual(q, Float64Array.of(0.5, 0.25));
 * ```
 */
export function falseDiscoveryRates(p: Float64Array): Float64Array {
  const order = [...p.keys()].filter((i) => !Number.isNaN(p[i]))
    .sort((a, b) => p[b]! - p[a]!);
  const q = new Float64Array(p.length).fill(NaN), tests = order.length;
  let least = 1;
  order.forEach((i, above) => {
    least = Math.min(least, p[i]! * tests / (tests - above));
    q[i] = least;
  });
  return q;
}
