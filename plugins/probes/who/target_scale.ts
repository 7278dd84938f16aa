/**
 * Bins and ranks of a target over patches, and how they depend on the cell.
 *
 * @module
 */
import {
  midRanks,
  permutation,
  pseudoInverse,
  randomFrom,
} from "../../../mod.ts";
import type { LatentSlice } from "../study/latent_entries.ts";
import type { TargetPatches } from "../study/read_codes.ts";

/** Bins and ranks of a target. Permuting maps between pictures changes only which patch has which bin and rank. */
export type TargetScale = Readonly<ReturnType<typeof targetScale>>;

/**
 * Prepares a latent, and returns a function that measures how it goes with the
 * target: with the map of picture `donors[p]` in place of that of `p`, or with
 * each picture's own. Latents share buffers, so prepare one at a time.
 */
export type Measure = (
  slice: LatentSlice,
) => (donors?: Uint32Array) => number;

/** Stands for the bin of a patch whose target is not known. */
export const noBin = 255;

/** Key of the random stream that makes the halves. */
const halvesKey = 31;

/** The bins and ranks of a target: at most 250 `bins`, of equally many patches. The seed decides the halves. */
export function targetScale(
  patches: TargetPatches,
  { bins, seed }: { bins: number; seed: number },
) {
  const { target } = patches;
  const known = target.filter((value) => !Number.isNaN(value)).sort();
  const edges = binEdges(known, bins), count = edges.length - 1;
  const bin = Uint8Array.from(
    target,
    (value) => Number.isNaN(value) ? noBin : binOf(value, edges),
  );
  const n = new Float64Array(count), sums = new Float64Array(count);
  const nOfHalf = [new Float64Array(count), new Float64Array(count)] as const;
  const half = halves(patches.clusters, seed);
  bin.forEach((b, patch) => {
    if (b === noBin) return;
    n[b]!++;
    const picture = Math.floor(patch / patches.cells);
    nOfHalf[half[patches.clusters[picture]!] as 0 | 1][b]!++;
    sums[b]! += target[patch]!;
  });
  const rank = centredRanks(target, known.length);
  return {
    patches,
    /** Number of bins: as many as asked for, or fewer where targets are equal. */
    count,
    /** The bin of each patch, the least first; {@linkcode noBin} where its target is not known. */
    bin,
    /** Donors where maps are not permuted: each picture itself. */
    own: Uint32Array.from(patches.pictures.keys()),
    /** Patches whose target is known. */
    known: known.length,
    /** {@linkcode centredRanks} of the targets, and the sum of their squares. */
    rank,
    rankSquares: rank.reduce((sum, x) => sum + x * x, 0),
    /** Patches in each bin, and those of each half of the clusters. */
    n,
    nOfHalf,
    /** The target at which each bin begins, and where the last one ends: `[count + 1]`. */
    edges,
    /** The mean target in each bin. */
    centres: sums.map((sum, b) => sum / n[b]!),
    /** The half, 0 or 1, that each cluster is in. */
    half,
    ...placesOf(bin, n, patches.cells),
  };
}

/**
 * The edges of bins with equally many of the ascending numbers. Equal numbers
 * share a bin, so there may be fewer bins than asked for.
 */
export function binEdges(sorted: Float64Array, bins: number): Float64Array {
  const edges = sorted.length === 0 ? [] : [sorted[0]!];
  for (let i = 1; i < bins && sorted.length > 0; i++) {
    const edge = sorted[Math.floor(i * sorted.length / bins)]!;
    if (edge > edges.at(-1)!) edges.push(edge);
  }
  return Float64Array.of(...edges, sorted.at(-1) ?? NaN);
}

/** The bin of a number: that of the last edge that is not above it. */
export function binOf(value: number, edges: Float64Array): number {
  let low = 0, high = edges.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (value >= edges[middle]!) low = middle;
    else high = middle;
  }
  return low;
}

/** Rank of each target among those known, less the mean rank; 0 where unknown. Half of float64's bytes, and exact for eight million patches. */
function centredRanks(target: Float64Array, known: number): Float32Array {
  return Float32Array.from(
    midRanks(target),
    (rank) => Number.isNaN(rank) ? 0 : rank - (known + 1) / 2,
  );
}

function halves(clusters: Uint32Array, seed: number): Uint8Array {
  const count = clusters.reduce((most, c) => Math.max(most, c + 1), 0);
  const half = new Uint8Array(count);
  const order = permutation(count, randomFrom(seed, halvesKey));
  order.forEach((cluster, i) => half[cluster] = Number(2 * i >= count));
  return half;
}

/** How often each bin occurs at each cell. */
function placesOf(bin: Uint8Array, n: Float64Array, cells: number) {
  const count = n.length, inCell = new Float64Array(cells);
  const shares = new Float64Array(cells * count);
  bin.forEach((b, patch) => {
    if (b === noBin) return;
    inCell[patch % cells]!++;
    shares[(patch % cells) * count + b]!++;
  });
  const matrix = new Float64Array(count * count);
  n.forEach((patches, b) => matrix[b * count + b] = patches);
  for (let cell = 0; cell < cells; cell++) {
    if (inCell[cell] === 0) continue;
    const row = shares.subarray(cell * count, (cell + 1) * count);
    row.forEach((times, b) => row[b] = times / inCell[cell]!);
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        matrix[a * count + b]! -= inCell[cell]! * row[a]! * row[b]!;
      }
    }
  }
  return {
    /** Patches of each cell whose target is known, `[cells]`. */
    inCell,
    /** The share of each bin among the patches of each cell, `[cells · count]`. */
    shares,
    /** The pseudo-inverse of `diag(n) − Σ_c n_c s_c s_cᵀ`, `s_c` the shares at a cell: `[count · count]`. */
    inverse: pseudoInverse(matrix, 1e-9 * Math.max(...n)),
  };
}
