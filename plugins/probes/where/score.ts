/**
 * R² of draws of clusters of pictures.
 *
 * @module
 */
import type { Statistic } from "../../../mod.ts";
import type { ClusterSums, Reading } from "./held_out_sums.ts";

/** Which cells are measured on. */
export type Part = "all" | "inside" | "edges";

/** Least share of the sum of squares that must be variance. */
const leastVariance = 1e-12;

/**
 * `1 − Σ(y − ŷ)² / Σ(y − ȳ)²` over the cells of the clusters drawn, `ȳ` their
 * mean; NaN where the target does not vary.
 */
export function r2Of(
  { errors, asked }: Pick<Reading, "errors" | "asked">,
  part: Part = "all",
): Statistic {
  return (times) => {
    const error = sumOver(errors, times, part);
    const deviation = deviationOf(asked, times, part);
    return deviation > 0 ? 1 - error / deviation : NaN;
  };
}

/** Least share that `base` must leave for what more explains to be more than rounding and penalties. */
const leastLeft = 1e-3;

/**
 * The share of what `base` leaves unexplained that `more` explains:
 * `(R²more − R²base) / (1 − R²base)`, which is one less the ratio of their
 * squared errors; NaN where `base` leaves less than a thousandth.
 */
export function partialR2(
  more: Pick<Reading, "errors" | "asked">,
  base: Pick<Reading, "errors" | "asked">,
): Statistic {
  return (times) => {
    const left = sumOver(base.errors, times, "all");
    const least = leastLeft * deviationOf(more.asked, times, "all");
    const isMeasured = least > 0 && left > least;
    return isMeasured ? 1 - sumOver(more.errors, times, "all") / left : NaN;
  };
}

/** One statistic less another of the same draw. */
export function less(a: Statistic, b: Statistic): Statistic {
  return (times) => a(times) - b(times);
}

/** The mean of statistics of the same draw; NaN of none. */
export function meanOf(all: readonly Statistic[]): Statistic {
  return (times) => all.reduce((sum, of) => sum + of(times), 0) / all.length;
}

/** The largest of statistics of the same draw; NaN of none. */
export function largestOf(all: readonly Statistic[]): Statistic {
  return (times) =>
    all.length === 0 ? NaN : Math.max(...all.map((of) => of(times)));
}

function deviationOf(
  { n, y, yy }: ClusterSums,
  times: ArrayLike<number>,
  part: Part,
): number {
  const count = sumOver(n, times, part), squares = sumOver(yy, times, part);
  const deviation = squares - sumOver(y, times, part) ** 2 / count;
  return deviation > leastVariance * squares ? deviation : 0;
}

function sumOver(
  values: Float64Array,
  times: ArrayLike<number>,
  part: Part,
): number {
  let sum = 0;
  for (let c = 0; c < times.length; c++) {
    const inside = part === "edges" ? 0 : values[2 * c]!;
    const edges = part === "inside" ? 0 : values[2 * c + 1]!;
    sum += times[c]! * (inside + edges);
  }
  return sum;
}
