/**
 * Numbers with their 95 % intervals, by a bootstrap over clusters of pictures.
 *
 * @module
 */
import { bootstrap, type Draws } from "./bootstrap.ts";
import type { Estimate, Interval } from "../estimate.ts";

/** What is measured of a draw, given how often each cluster is in it. */
export type Statistic = (times: ArrayLike<number>) => number;

/** A statistic of all clusters, each once, and its interval. */
export function estimateOf(
  statistic: Statistic,
  draws: Draws,
): Estimate {
  const value = statistic(new Float64Array(draws.clusters).fill(1));
  if (!Number.isFinite(value)) return { value: NaN };
  return { value, ...bootstrap(draws, statistic) };
}

/** What {@linkcode ratioOfSums} draws: the items of a cluster together. */
export interface ClusteredDraws {
  /** The cluster of each item: equal numbers are drawn together. */
  readonly clusters: ArrayLike<number>;
  /** Decides the draws. */
  readonly seed: number;
}

/**
 * `Σ above / Σ below` over items, such as pictures, and its interval. Without
 * `below` it is the mean of `above`. Items whose `above` is NaN are left out of
 * both sums.
 *
 * @example The mean of three numbers, two of them known
 * ```ts
 * import { ratioOfSums } from "./estimate.ts";
 * import { equal } from "node:assert/strict";
 *
 * const draws = { clusters: [0, 1, 2], seed: 1 };
 * equal(ratioOfSums([1, NaN, 3], undefined, draws).value, 2);
 * ```
 */
export function ratioOfSums(
  above: ArrayLike<number>,
  below: ArrayLike<number> | undefined,
  { clusters, seed }: ClusteredDraws,
): Estimate {
  const items = Map.groupBy(Array.from(clusters).keys(), (i) => clusters[i]!);
  const sums = [...items.values()].map((own) => {
    const known = own.filter((i) => !Number.isNaN(above[i]));
    return {
      above: known.reduce((sum, i) => sum + above[i]!, 0),
      below: known.reduce((sum, i) => sum + (below?.[i] ?? 1), 0),
    };
  });
  const ratio: Statistic = (times) => {
    let a = 0, b = 0;
    sums.forEach(({ above, below }, cluster) => {
      a += times[cluster]! * above;
      b += times[cluster]! * below;
    });
    return a / b;
  };
  return estimateOf(ratio, { clusters: sums.length, seed });
}

/** Whether all of an interval is above 0. */
export function isAboveZero({ low }: Interval): boolean {
  return low !== undefined && low > 0;
}
