/**
 * Units, how they go with a target, and how many of them pass.
 *
 * @module
 */
import { falseDiscoveryRates, shareOf } from "../../../mod.ts";
import type { LatentEntries } from "../study/latent_entries.ts";
import type { TargetWords } from "../study/target.ts";
import { passing } from "./passing_rule.ts";
import type { PositionNull } from "./position_null.ts";
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

/** Units of one kind, and how they go with the target. */
export type UnitSource = Readonly<ReturnType<typeof judged>>;

/** Options for the part "who". */
export interface WhoOptions {
  /** Permutations of the maps between pictures. */
  readonly permutations: number;
  /** Bins of the target, of equally many patches. */
  readonly bins: number;
  /** Latents whose tuning curves are shown. */
  readonly curves: number;
  /** The false discovery rate below which a latent passes. */
  readonly q: number;
}

/** Everything that was measured, and how. */
export interface WhoFound extends WhoOptions {
  /** The latents of the trained dictionary, where there is one. */
  readonly trained?: UnitSource | undefined;
  /** Its controls. */
  readonly controls: readonly UnitSource[];
  /** All of them, in this order. */
  readonly sources: readonly UnitSource[];
  /** The target in words. */
  readonly words: TargetWords;
  /** Its bins and ranks. */
  readonly scale: TargetScale;
  /** Units that fire on a patch. */
  readonly l0: number;
  /** Decides every random number. */
  readonly seed: number;
}

/** Which units pass at the false discovery rate `most`, and how many. */
export function judged(
  units: Units,
  tuning: LatentTuning,
  nulls: PositionNull,
  most: number,
) {
  const { fired, partialEta2, curveClass } = tuning, { p } = nulls;
  const q = falseDiscoveryRates(p), passes = passing(q, tuning, most);
  const countOf = (is: (unit: number) => boolean): number =>
    passes.filter((_, unit) => is(unit)).length;
  const passed = (unit: number): boolean => passes[unit] === 1;
  const etas = partialEta2.filter((_, unit) => passed(unit)).sort();
  const largest = largestQuantile(nulls, 0.95);
  const count = passes.length, pass = countOf(passed);
  return {
    ...units,
    tuning,
    nulls,
    /** False discovery rate of each, `[dSae]`; NaN where it was not tested. */
    q,
    /** 1 for each that passes, `[dSae]`. */
    passes,
    /** How many there are, whether they fire or not. */
    count,
    alive: countOf((unit) => fired[unit]! > 0),
    tested: countOf((unit) => !Number.isNaN(p[unit])),
    pass,
    /** Those that pass with a curve of each of the `curveClasses`. */
    ofClass: [0, 1, 2, 3].map((each) =>
      countOf((unit) => passed(unit) && curveClass[unit] === each)
    ),
    share: shareOf(pass, count),
    /** The largest partial eta² of those that pass; NaN where none does. */
    best: etas.at(-1) ?? NaN,
    median: etas[Math.floor(etas.length / 2)] ?? NaN,
    /** The partial eta² that no unit at all exceeds in 95 % of permutations. */
    largest,
    /** Units whose partial eta² is above that (Westfall and Young, 1993). */
    aboveLargest: countOf((unit) =>
      !Number.isNaN(p[unit]) && partialEta2[unit]! > largest
    ),
  };
}

/** A quantile over permutations of the largest partial eta² of any unit: the smallest value that this share of them, or more, do not exceed. */
export function largestQuantile(
  { largest }: Pick<PositionNull, "largest">,
  share: number,
): number {
  const at = Math.ceil(share * largest.length) - 1;
  return largest.toSorted()[Math.max(0, at)] ?? NaN;
}

/** The units that go with the target most: first those that pass, each group by partial eta². */
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
