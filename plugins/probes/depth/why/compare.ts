/**
 * Effects of an edit compared with those of its controls.
 *
 * @module
 */
import {
  type ClusteredDraws,
  type Estimate,
  isAboveZero,
  ratioOfSums,
} from "../../../../mod.ts";
import { type Effects, meanKnown } from "./effects.ts";

/** The units of effects, and how pictures are drawn. */
export interface Scale extends ClusteredDraws {
  /** Standard deviation of the clean prediction over all places of all pictures. */
  readonly sd: number;
  /** Places in a picture. */
  readonly places: number;
}

/** The mean |Δ| of each picture over the standard deviation of the clean prediction. */
export function sizesOf(
  { absolute }: Effects,
  { sd, places }: Scale,
): Float64Array {
  return absolute.map((sum) => sum / places / sd);
}

/** The share of the way that each picture goes: `Σ Δ · hoped / Σ hoped²`. */
export function movedOf({ moved, hoped }: Effects): Float64Array {
  return moved.map((sum, i) => hoped[i]! > 0 ? sum / hoped[i]! : NaN);
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
  /** Whether the effect is above the percentile and the interval of the difference above 0. */
  readonly clears: boolean;
}

/** Compares numbers for each picture with those of each control. */
export function compare(
  own: Float64Array,
  controls: readonly Float64Array[],
  draws: ClusteredDraws,
): Comparison {
  const effect = ratioOfSums(own, undefined, draws);
  const means = controls.map(meanKnown), count = controls.length;
  const less = own.map((x, i) =>
    x - controls.reduce((sum, of) => sum + of[i]!, 0) / count
  );
  const difference = ratioOfSums(less, undefined, draws);
  const controlP95 = percentile(means, 0.95);
  return {
    effect,
    controls: means,
    controlMean: means.reduce((sum, x) => sum + x, 0) / count,
    controlP95,
    difference,
    clears: effect.value > controlP95 && isAboveZero(difference),
  };
}

/** A percentile, on the line between its two neighbours; NaN without numbers. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return NaN;
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1), below = Math.floor(at);
  const low = sorted[below]!, high = sorted[Math.ceil(at)]!;
  return low + (at - below) * (high - low);
}
