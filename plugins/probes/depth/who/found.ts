/**
 * Units held against a target, and how many of them pass.
 *
 * @module
 */
import { type Estimate, shareOf } from "../../../../mod.ts";
import type { LatentEntries } from "../study/latent_entries.ts";
import type { PositionNull } from "./position_null.ts";
import { falseDiscoveryRates, passing } from "./significance.ts";
import type { TargetScale } from "./target_scale.ts";
import type { LatentTuning } from "./tuning.ts";

/** Units of one kind. */
export interface Units {
  /** Their name, as in those of metrics. */
  readonly name: "trained" | "neurons" | "pca" | "random";
  /** What they are called, several of them. */
  readonly units: string;
  /** Where they fire. */
  readonly codes: LatentEntries;
}

/** Units of one kind, all held against the target alike. */
export interface UnitSource extends Units, UnitCounts {
  /** How they go with the target. */
  readonly tuning: LatentTuning;
  /** What the null says. */
  readonly nulls: PositionNull;
  /** False discovery rate of each, `[dSae]`; NaN where it was not tested. */
  readonly q: Float64Array;
  /** 1 for each that passes, `[dSae]`. */
  readonly passes: Uint8Array;
}

/** How many units there are, and how many of them pass. */
export interface UnitCounts {
  /** Units, whether they fire or not. */
  readonly count: number;
  /** Those that fire on these patches. */
  readonly alive: number;
  /** Those that fire often enough to be tested. */
  readonly tested: number;
  /** Those that pass. */
  readonly pass: number;
  /** Those that pass with a curve of each of the `curveClasses`. */
  readonly ofClass: readonly number[];
  /** The share of all units that pass. */
  readonly share: Required<Estimate>;
  /** Of those that pass, the largest partial eta²; NaN where none does. */
  readonly best: number;
  /** The median one. */
  readonly median: number;
  /** The partial eta² that no unit at all exceeds in 95 % of permutations. */
  readonly largest: number;
  /** Units whose partial eta² is above that (Westfall and Young, 1993). */
  readonly aboveLargest: number;
}

/** Everything that was measured. */
export interface WhoFound {
  /** The latents of the trained dictionary, where there is one. */
  readonly trained?: UnitSource | undefined;
  /** Its controls. */
  readonly controls: readonly UnitSource[];
  /** All of them, in this order. */
  readonly sources: readonly UnitSource[];
  /** The target. */
  readonly scale: TargetScale;
  /** Units that fire on a patch. */
  readonly l0: number;
  /** Permutations. */
  readonly permutations: number;
  /** The false discovery rate below which units pass. */
  readonly q: number;
}

/** The units that pass at the false discovery rate `most`, and their counts. */
export function judged(
  units: Units,
  tuning: LatentTuning,
  nulls: PositionNull,
  most: number,
): UnitSource {
  const q = falseDiscoveryRates(nulls.p), passes = passing(q, tuning, most);
  const { fired, partialEta2 } = tuning, count = passes.length;
  const pass = passes.reduce((sum, one) => sum + one, 0);
  const etas = partialEta2.filter((_, unit) => passes[unit]).sort();
  const largest = largestQuantile(nulls, 0.95);
  const isTested = (unit: number): boolean => !Number.isNaN(nulls.p[unit]);
  return {
    ...units,
    tuning,
    nulls,
    q,
    passes,
    count,
    alive: fired.filter((n) => n > 0).length,
    tested: fired.filter((_, unit) => isTested(unit)).length,
    pass,
    ofClass: [0, 1, 2, 3].map((each) =>
      passes.filter((one, unit) => one && tuning.curveClass[unit] === each)
        .length
    ),
    share: shareOf(pass, count),
    best: etas.at(-1) ?? NaN,
    median: etas[Math.floor(etas.length / 2)] ?? NaN,
    largest,
    aboveLargest:
      partialEta2.filter((eta, unit) => isTested(unit) && eta > largest).length,
  };
}

/** A quantile of the largest partial eta² of any unit over the permutations: the smallest that at least this share of them do not exceed. */
export function largestQuantile(
  { largest }: Pick<PositionNull, "largest">,
  share: number,
): number {
  const at = Math.ceil(share * largest.length) - 1;
  return largest.toSorted()[Math.max(0, at)] ?? NaN;
}

/** The units that go with the target most: those that pass first, then by partial eta². */
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
