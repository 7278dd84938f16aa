/**
 * How much an edit changes the model's own depth, inside and outside the patches
 * that it edits.
 *
 * @module
 */
import { type Estimate, ratioOfSums } from "../../../../mod.ts";
import { type Scale, sizesOf } from "./compare.ts";
import type { Condition } from "./condition.ts";
import type { Effects } from "./effects.ts";

/** How much changes, in standard deviations of the clean prediction. */
export interface Size {
  /** Mean |Δ|. */
  readonly effect: Estimate;
  /** Mean |Δ| in the patches that were edited; NaN where all were. */
  readonly inside: number;
  /** The same in the others. */
  readonly outside: number;
  /** `inside / outside`; NaN where the others do not change at all. */
  readonly specificity: number;
  /** Mean Δ in the edited patches. */
  readonly signed: number;
}

/** An edit that was measured. */
export interface MeasuredEdit {
  /** The edit. */
  readonly condition: Condition;
  /** What it did. */
  readonly effects: Effects;
}

/** How much an edit changes. */
export function sizeOf(
  { condition, effects }: MeasuredEdit,
  scale: Scale,
): Size {
  const { sd, places, clusters } = scale;
  const effect = ratioOfSums(sizesOf(effects, scale), undefined, scale);
  if (!condition.own) {
    const none = { inside: NaN, outside: NaN, specificity: NaN };
    const all = clusters.length * places;
    return { effect, ...none, signed: total(effects.signed) / all / sd };
  }
  const placesInside = total(effects.placesInside);
  const inside = total(effects.inside) / placesInside / sd;
  const outside = total(effects.outside) / total(effects.placesOutside) / sd;
  return {
    effect,
    inside,
    outside,
    specificity: outside > 0 ? inside / outside : NaN,
    signed: total(effects.signedInside) / placesInside / sd,
  };
}

function total(of: Float64Array): number {
  return of.reduce((sum, x) => sum + x, 0);
}
