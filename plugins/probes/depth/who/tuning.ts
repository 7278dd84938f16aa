/**
 * Codes and the depth of their patches in, how each latent goes with depth out.
 *
 * @module
 */
import { correlation, midRanks } from "../../../../mod.ts";
import { beyondPosition } from "./beyond_position.ts";
import {
  curveClass,
  preferredBin,
  selectivity,
  widthAtHalf,
} from "./curve_shape.ts";
import { rankScores, spearmanOf } from "./rank_scores.ts";
import type { TargetScale } from "./target_scale.ts";
import {
  filterSlice,
  type LatentEntries,
  type LatentSlice,
  sliceOf,
} from "../study/latent_entries.ts";

export { type TargetScale, targetScale } from "./target_scale.ts";

/**
 * How each latent goes with depth, over the patches whose depth is known:
 * `[dSae]` each, NaN for what cannot be said, as most of a latent that never fires.
 */
export interface LatentTuning {
  /** Share of the patches on which it fires. */
  readonly density: Float32Array;
  /** Its largest activation. */
  readonly maximum: Float32Array;
  /** Its mean activation on the patches on which it fires. */
  readonly meanActive: Float32Array;
  /** Patches on which it fires. */
  readonly fired: Float32Array;
  /** Clusters of pictures in which it fires. */
  readonly clusters: Float32Array;
  /** Spearman's rank correlation of activation and depth; above 0 when it fires more the farther. */
  readonly spearman: Float32Array;
  /** The same on the patches on which it fires alone. */
  readonly spearmanActive: Float32Array;
  /** Probability that a patch on which it fires is farther than one on which it does not, ties half. */
  readonly auroc: Float32Array;
  /** `(Rmax − R̄) / (Rmax + R̄)` of its curve, `R̄` the mean of the other bins (You et al., 2021, arXiv:2108.05312). */
  readonly selectivity: Float32Array;
  /** Share of the variance of its activation that the bins of depth explain. */
  readonly eta2: Float32Array;
  /** Share of what the cell leaves unexplained that the bins of depth explain: see `beyondPosition`. */
  readonly partialEta2: Float32Array;
  /** The depth, e to the mean target, of the bin of its largest mean activation: metres where the truth is known. */
  readonly preferred: Float32Array;
  /** Depth at the far half-height of its curve over that at the near one. */
  readonly width: Float32Array;
  /** Correlation of the curves that two halves of the clusters give. */
  readonly agreement: Float32Array;
  /** What its curve is: an index of `curveClasses`. */
  readonly curveClass: Float32Array;
  /** Its mean activation in each bin of depth, zeros included, `[dSae · bins]`. */
  readonly curves: Float32Array;
  /** 1 where it passes the null and its halves agree: known only after the null. */
  readonly passes?: Uint8Array;
}

/** The columns of {@linkcode LatentTuning} with a number for each latent. */
export type TuningColumn = Exclude<keyof LatentTuning, "curves" | "passes">;

const columns: readonly TuningColumn[] = [
  "density",
  "maximum",
  "meanActive",
  "fired",
  "clusters",
  "spearman",
  "spearmanActive",
  "auroc",
  "selectivity",
  "eta2",
  "partialEta2",
  "preferred",
  "width",
  "agreement",
  "curveClass",
];

/**
 * How each latent goes with depth, without a null: cheap. `scale` is made once
 * by `targetScale` of the patches, for all dictionaries.
 *
 * @example
 * ```ts
 * import { targetScale, tuningOf } from "./tuning.ts";
 * import { equal } from "node:assert/strict";
 *
 * const patches = {
 *   name: "truth_log_depth" as const,
 *   target: Float64Array.of(0, 1, 2, 3),
 *   cells: 1,
 *   pictures: Uint32Array.of(0, 1, 2, 3),
 *   clusters: Uint32Array.of(0, 1, 2, 3),
 * };
 * const codes = {
 *   dSae: 1,
 *   starts: Uint32Array.of(0, 2),
 *   patches: Uint32Array.of(2, 3),
 *   values: Float32Array.of(1, 5),
 * };
 * const tuning = tuningOf(targetScale(patches, { bins: 2, seed: 1 }), codes);
 * equal(tuning.density[0], 0.5);
 * equal(tuning.auroc[0], 1);
 * ```
 */
export function tuningOf(
  scale: TargetScale,
  codes: LatentEntries,
): LatentTuning {
  const { dSae } = codes, bins = scale.count;
  const tuning = {
    ...Object.fromEntries(
      columns.map((name) => [name, new Float32Array(dSae).fill(NaN)]),
    ) as Record<TuningColumn, Float32Array>,
    curves: new Float32Array(dSae * bins).fill(NaN),
  };
  const beyond = beyondPosition(scale);
  for (let latent = 0; latent < dSae; latent++) {
    const all = sliceOf(codes, latent, scale.patches.cells);
    const seen = filterSlice(all, (at) => scale.bin[at] !== scale.unknown);
    tuning.fired[latent] = seen.values.length;
    tuning.density[latent] = seen.values.length / scale.known;
    if (seen.values.length === 0) continue;
    const curve = curveOf(seen, scale);
    const found = {
      ...activityOf(seen, scale),
      ...ranksOf(seen, scale),
      ...shapeOf(curve, scale),
      eta2: eta2Of(seen, curve, scale),
      partialEta2: beyond(all)(),
      agreement: agreementOf(seen, scale),
    };
    for (const [name, value] of Object.entries(found)) {
      tuning[name as keyof typeof found][latent] = value;
    }
    tuning.curves.set(curve, latent * bins);
  }
  return tuning;
}

/** The mean activation in each bin, zeros included; of the clusters in one half when it is given. */
function curveOf(
  { patches, pictures, values }: LatentSlice,
  { count, bin, n, nOfHalf, half, patches: { clusters } }: TargetScale,
  only?: 0 | 1,
): Float64Array {
  const curve = new Float64Array(count);
  for (let entry = 0; entry < values.length; entry++) {
    const own = half[clusters[pictures[entry]!]!];
    if (only !== undefined && own !== only) continue;
    curve[bin[patches[entry]!]!]! += values[entry]!;
  }
  const of = only === undefined ? n : nOfHalf[only];
  return curve.map((sum, b) => sum / of[b]!);
}

/** How the curves of both halves go together, over the bins that both have patches in. */
function agreementOf(seen: LatentSlice, scale: TargetScale): number {
  const [a, b] = [curveOf(seen, scale, 0), curveOf(seen, scale, 1)];
  const both = (_: number, bin: number): boolean =>
    !Number.isNaN(a[bin]! + b[bin]!);
  return correlation(a.filter(both), b.filter(both));
}

function activityOf(
  { pictures, values }: LatentSlice,
  { patches: { clusters } }: TargetScale,
) {
  const sum = values.reduce((all, value) => all + value, 0);
  return {
    maximum: values.reduce((most, value) => Math.max(most, value)),
    meanActive: sum / values.length,
    clusters: new Set(pictures.values().map((p) => clusters[p])).size,
  };
}

function ranksOf(seen: LatentSlice, scale: TargetScale) {
  const { rank, known } = scale, active = seen.values.length;
  const own = Float64Array.from(seen.patches, (patch) => rank[patch]!);
  const sum = own.reduce((all, value) => all + value, 0);
  return {
    spearman: spearmanOf(seen, rankScores(seen, scale), scale),
    spearmanActive: correlation(midRanks(seen.values), midRanks(own)),
    // Ranks less their mean: Mann and Whitney's U is then about half of all pairs.
    auroc: 0.5 + sum / (active * (known - active)),
  };
}

function shapeOf(curve: Float64Array, { centres, edges }: TargetScale) {
  return {
    selectivity: selectivity(curve),
    preferred: Math.exp(centres[preferredBin(curve)]!),
    width: Math.exp(widthAtHalf(curve, centres, edges)),
    curveClass: curveClass(curve),
  };
}

/** Variance of the bins' means over that of the activation. */
function eta2Of(
  { values }: LatentSlice,
  curve: Float64Array,
  { n, known }: TargetScale,
): number {
  let sum = 0, squares = 0;
  for (const value of values) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / known;
  const between = curve.reduce((all, x, b) => all + n[b]! * (x - mean) ** 2, 0);
  const total = squares - known * mean * mean;
  return total > 1e-12 * squares ? between / total : NaN;
}
