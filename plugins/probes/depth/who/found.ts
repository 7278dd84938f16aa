/**
 * What the part "who" measures, before it is put in words.
 *
 * @module
 */
import type { LatentEntries } from "../study/latent_entries.ts";
import type { LatentTuning } from "./tuning.ts";
import type { TargetScale } from "./target_scale.ts";
import type { PositionNull } from "./position_null.ts";
import { type Estimate, shareOf } from "../../../../mod.ts";

/** Units of one kind, all held against depth alike. */
export interface UnitSource {
  /** Its name, as in those of metrics. */
  readonly name: "trained" | "neurons" | "pca" | "random";
  /** What its units are called, several of them. */
  readonly units: string;
  /** Where they fire. */
  readonly codes: LatentEntries;
  /** How they go with depth. */
  readonly tuning: LatentTuning;
  /** What the null says. */
  readonly nulls: PositionNull;
  /** False discovery rate of each, `[dSae]`; NaN where it was not tested. */
  readonly q: Float64Array;
  /** 1 for each that passes, `[dSae]`. */
  readonly passes: Uint8Array;
}

/** What the part "who" measured. */
export interface WhoFound {
  /** The trained dictionary first, where there is one; then its controls. */
  readonly sources: readonly UnitSource[];
  /** Depth. */
  readonly scale: TargetScale;
  /** Units that fire on a patch. */
  readonly l0: number;
  /** Permutations. */
  readonly permutations: number;
  /** The false discovery rate below which units pass. */
  readonly q: number;
  /** Decides every random number. */
  readonly seed: number;
}

/** How many units pass, of all there are, whether they fire or not. */
export function passShare({ passes }: UnitSource): Required<Estimate> {
  return shareOf(passCount({ passes }), passes.length);
}

/** How many units pass. */
export function passCount({ passes }: Pick<UnitSource, "passes">): number {
  return passes.reduce((sum, one) => sum + one, 0);
}

/** How many units were tested. */
export function testedCount({ nulls }: UnitSource): number {
  return nulls.p.filter((p) => !Number.isNaN(p)).length;
}

/** A quantile of the largest partial eta² of any unit over the permutations: the smallest that at least this share of them do not exceed. */
export function largestQuantile(
  { nulls: { largest } }: Pick<UnitSource, "nulls">,
  share: number,
): number {
  const at = Math.ceil(share * largest.length) - 1;
  return largest.toSorted()[Math.max(0, at)] ?? NaN;
}

/** Units whose partial eta² is above what no unit at all exceeds in 95 % of permutations (Westfall and Young, 1993). */
export function aboveLargest(source: UnitSource): number {
  const { nulls, tuning: { partialEta2 } } = source;
  const threshold = largestQuantile(source, 0.95);
  return nulls.p.filter((p, unit) =>
    !Number.isNaN(p) && partialEta2[unit]! > threshold
  ).length;
}

/** The units that go with depth most: those that pass first, then by partial eta². */
export function bestUnits(
  { passes, nulls, tuning: { partialEta2 } }: UnitSource,
  count: number,
): number[] {
  return [...passes.keys()].filter((unit) => !Number.isNaN(nulls.p[unit]))
    .sort((a, b) =>
      passes[b]! - passes[a]! || partialEta2[b]! - partialEta2[a]! || a - b
    )
    .slice(0, count);
}
