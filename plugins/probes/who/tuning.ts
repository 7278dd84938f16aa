/**
 * How each latent goes with a target.
 *
 * @module
 */
import { correlation, midRanks } from "../../../mod.ts";
import {
  filterSlice,
  type LatentEntries,
  type LatentSlice,
  sliceOf,
} from "../study/latent_entries.ts";
import { beyondPosition } from "./beyond_position.ts";
import {
  curveClass,
  preferredBin,
  selectivity,
  widthAtHalf,
} from "./curve_shape.ts";
import { rankCorrelation } from "./rank_correlation.ts";
import { noBin, type TargetScale } from "./target_scale.ts";

/** What is measured of each latent, over the patches whose target is known. */
const tuningColumns = [
  "density", // share of the patches on which it fires
  "fired", // patches on which it fires
  "clusters", // clusters of pictures in which it fires
  "spearman", // rank correlation of activation and target
  "spearmanActive", // the same on the patches on which it fires alone
  "auroc", // probability that the target is larger where it fires than where not, ties half
  "selectivity", // see `selectivity`
  "eta2", // share of the variance of its activation that the bins explain
  "partialEta2", // see `beyondPosition`
  "preferred", // the mean target in the bin of its largest mean activation, as shown
  "width", // see `widthAtHalf`; as shown
  "agreement", // correlation of the curves that two halves of the clusters give
  "curveClass", // an index of `curveClasses`
] as const;

type TuningColumn = typeof tuningColumns[number];

/**
 * How each latent goes with a target, `[dSae]` each; NaN for what cannot be
 * measured, as most of a latent that never fires.
 */
export type LatentTuning =
  & Readonly<Record<TuningColumn, Float32Array>>
  & {
    /** Its mean activation in each bin, zeros included, `[dSae · bins]`. */
    readonly curves: Float32Array;
    /** 1 where it passes the null and its halves agree: known only after the null. */
    readonly passes?: Uint8Array;
  };

/**
 * How each latent goes with the target, without a null: cheap. The scale is made
 * once for all dictionaries.
 *
 * @example
 * ```ts
 * import { targetScale } from "./target_scale.ts";
 * import { tuningOf } from "./tuning.ts";
 * import { equal } from "node:assert/strict";
 *
 * const words = {
 *   name: "brightness",
 *   small: ["dark", "darker"],
 *   large: ["bright", "brighter"],
 *   shown: (measured: number) => measured,
 *   scale: "from 0 to 1",
 *   source: (of: string) => `Brightness is that of ${of}`,
 * } as const;
 * const patches = {
 *   words,
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
  const columns = tuningColumns.map((name) =>
    [name, new Float32Array(dSae).fill(NaN)] as const
  );
  const curves = new Float32Array(dSae * bins).fill(NaN);
  const beyond = beyondPosition(scale), spearman = rankCorrelation(scale);
  for (let latent = 0; latent < dSae; latent++) {
    const all = sliceOf(codes, latent, scale.patches.cells);
    const seen = filterSlice(all, (patch) => scale.bin[patch] !== noBin);
    const curve = curveOf(seen, scale), fired = seen.values.length;
    const found: Partial<Record<TuningColumn, number>> = {
      fired,
      density: fired / scale.known,
      ...fired > 0 && {
        clusters: clustersIn(seen, scale),
        ...ranksOf(seen, scale),
        ...shapeOf(curve, scale),
        spearman: spearman(seen)(),
        eta2: eta2Of(seen, curve, scale),
        partialEta2: beyond(all)(),
        agreement: agreementOf(seen, scale),
      },
    };
    for (const [name, column] of columns) column[latent] = found[name] ?? NaN;
    if (fired > 0) curves.set(curve, latent * bins);
  }
  return {
    ...Object.fromEntries(columns) as Record<TuningColumn, Float32Array>,
    curves,
  };
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

function clustersIn(
  { pictures }: LatentSlice,
  { patches: { clusters } }: TargetScale,
): number {
  return new Set(pictures.values().map((p) => clusters[p])).size;
}

function ranksOf(
  { patches, values }: LatentSlice,
  { rank, known }: TargetScale,
) {
  const own = Float64Array.from(patches, (patch) => rank[patch]!);
  const sum = own.reduce((all, value) => all + value, 0);
  return {
    spearmanActive: correlation(midRanks(values), midRanks(own)),
    // Ranks less their mean: Mann and Whitney's U is then about half of all pairs.
    auroc: 0.5 + sum / (values.length * (known - values.length)),
  };
}

function shapeOf(
  curve: Float64Array,
  { centres, edges, patches: { words } }: TargetScale,
) {
  return {
    selectivity: selectivity(curve),
    preferred: words.shown(centres[preferredBin(curve)]!),
    width: words.shown(widthAtHalf(curve, centres, edges)),
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
