/**
 * Bootstrap confidence intervals over pictures.
 *
 * @module
 */
import type { Interval } from "../estimate.ts";
import { randomFrom } from "../random.ts";

/** What to draw from. Estimates with the same draws are paired. */
export interface Draws {
  /** Clusters: pictures, or scenes where pictures of one scene are alike. */
  readonly clusters: number;
  /** Decides the draws. */
  readonly seed: number;
}

/** Options for {@linkcode bootstrap}. */
export interface BootstrapOptions extends Draws {
  /** How many times clusters are drawn again; 1000 when absent. */
  readonly draws?: number;
}

/**
 * The 95 % percentile interval of a cluster bootstrap (Efron, 1979; Field and
 * Welsh, 2007): clusters are drawn with replacement, as many as there are, and
 * `statistic` measures each draw anew, given how often each cluster is in it.
 * Patches of one picture are alike, so it is pictures that are drawn, not
 * patches. Draws whose statistic is not finite are left out; with fewer than
 * two clusters, or half of the draws left out, there is no interval.
 *
 * @example The mean of numbers that were measured on a picture each
 * ```ts
 * import { bootstrap } from "./bootstrap.ts";
 * import { ok } from "node:assert/strict";
 *
 * const numbers = [1, 2, 3, 4];
 * const { low, high } = bootstrap({ clusters: 4, seed: 1 }, (times) =>
 *   numbers.reduce((sum, x, i) => sum + times[i]! * x, 0) / 4
 * );
 * ok(low! < 2.5 && 2.5 < high!);
 * ```
 */
export function bootstrap(
  { clusters, draws = 1000, seed }: BootstrapOptions,
  statistic: (times: Float64Array) => number,
): Interval {
  if (clusters < 2) return {};
  const random = randomFrom(seed), times = new Float64Array(clusters);
  const found: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (let i = 0; i < clusters; i++) times[random.integer(clusters)]!++;
    const value = statistic(times);
    if (Number.isFinite(value)) found.push(value);
  }
  if (found.length < draws / 2) return {};
  found.sort((a, b) => a - b);
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) };
}

/** A quantile of ascending numbers, on the line between two of them. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const [a, b] = [
    sorted[below]!,
    sorted[Math.min(below + 1, sorted.length - 1)]!,
  ];
  return a + (at - below) * (b - a);
}
