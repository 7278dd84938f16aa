/**
 * The effects of an edit and of its controls in, how sure it is that one is
 * larger than the others out.
 *
 * @module
 */
import { bootstrap, type Interval } from "../../../../mod.ts";
import type { Effects } from "./effects.ts";

/** What effects are divided by, and how pictures are drawn. */
export interface Scale {
  /** Standard deviation of the clean prediction over all places of all pictures. */
  readonly sd: number;
  /** Places in a picture. */
  readonly places: number;
  /** What is drawn together: for each picture a number from 0 on. */
  readonly clusters: Uint32Array;
  /** Decides the draws. */
  readonly seed: number;
}

/** The mean |Δ| of each picture over the standard deviation of the clean prediction. */
export function sizesOf(
  { absolute }: Effects,
  { sd, places }: Scale,
): Float64Array {
  return absolute.map((sum) => sum / places / sd);
}

/** A number and its interval. */
export type Estimate = { readonly value: number } & Interval;

/** A ratio of sums over pictures, `Σ above / Σ below`, with its cluster bootstrap interval. */
export function ratio(
  above: ArrayLike<number>,
  below: ArrayLike<number> | undefined,
  { clusters, seed }: Pick<Scale, "clusters" | "seed">,
): Estimate {
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0);
  const sums = [new Float64Array(count), new Float64Array(count)] as const;
  clusters.forEach((cluster, i) => {
    if (Number.isNaN(above[i]!)) return;
    sums[0][cluster]! += above[i]!;
    sums[1][cluster]! += below?.[i] ?? 1;
  });
  const statistic = (times: ArrayLike<number>): number => {
    let a = 0, b = 0;
    for (let c = 0; c < count; c++) {
      a += times[c]! * sums[0][c]!;
      b += times[c]! * sums[1][c]!;
    }
    return a / b;
  };
  return {
    value: statistic(new Float64Array(count).fill(1)),
    ...bootstrap({ clusters: count, seed }, statistic),
  };
}

/** An effect beside its controls. */
export interface Comparison {
  /** The mean over pictures. */
  readonly effect: Estimate;
  /** The mean of each control. */
  readonly controls: readonly number[];
  /** The mean of those; NaN without any. */
  readonly controlMean: number;
  /** Their 95th percentile. */
  readonly controlP95: number;
  /** The effect less the mean of the controls, picture by picture. */
  readonly difference: Estimate;
  /** Whether it is above the percentile and the interval of the difference above 0. */
  readonly clears: boolean;
}

/** Compares numbers for each picture with those of each control. */
export function compare(
  own: Float64Array,
  controls: readonly Float64Array[],
  scale: Pick<Scale, "clusters" | "seed">,
): Comparison {
  const effect = ratio(own, undefined, scale);
  const means = controls.map(plainMean);
  const less = own.map((x, i) =>
    x - controls.reduce((sum, of) => sum + of[i]!, 0) / controls.length
  );
  const difference = ratio(less, undefined, scale);
  const controlP95 = percentile(means, 0.95);
  return {
    effect,
    controls: means,
    controlMean: means.reduce((sum, x) => sum + x, 0) / means.length,
    controlP95,
    difference,
    clears: effect.value > controlP95 && (difference.low ?? -1) > 0,
  };
}

function plainMean(of: Float64Array): number {
  const known = of.filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}

/** A percentile on the line between two neighbours; NaN of nothing. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const low = sorted[below]!, high = sorted[Math.ceil(at)]!;
  return low + (at - below) * (high - low);
}
