/**
 * Numbers in, their ranks and how two of them go together out.
 *
 * @module
 */
import type { LatentSlice } from "./study/latent_entries.ts";
import type { TargetScale } from "./who/target_scale.ts";

/**
 * Ranks from 1 for the least, equal numbers sharing the middle of theirs; NaN
 * where a number is NaN.
 */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const known = ascending(values);
  const ranks = new Float64Array(values.length).fill(NaN);
  for (const [start, end] of ties(values, known)) {
    for (let i = start; i < end; i++) ranks[known[i]!] = (start + end + 1) / 2;
  }
  return ranks;
}

/** Where the numbers that are not NaN are, the least first. */
function ascending(values: ArrayLike<number>): Uint32Array {
  const at: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) at.push(i);
  }
  return Uint32Array.from(at).sort((a, b) => values[a]! - values[b]!);
}

/** First and last + 1 of each run of equal numbers. */
function* ties(
  values: ArrayLike<number>,
  order: Uint32Array,
): Generator<[start: number, end: number]> {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start]!]!;
    while (end < order.length && values[order[end]!] === value) end++;
    yield [start, end];
  }
}

/** Pearson's correlation; NaN where one of the two does not vary. */
export function correlation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  const n = a.length;
  let meanA = 0, meanB = 0, aa = 0, bb = 0, ab = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  // What rounding leaves of numbers that are all equal is no variance.
  const least = 1e-24 * n;
  return aa > least * meanA ** 2 && bb > least * meanB ** 2
    ? ab / Math.sqrt(aa * bb)
    : NaN;
}

/**
 * The rank of each entry among a latent's activations on the patches whose
 * depth is known, less the rank that all patches share on which it is silent.
 * An entry whose patch's depth is unknown gets the rank it would have.
 */
export function rankScores(
  { patches, values }: LatentSlice,
  { bin, unknown, known }: Pick<TargetScale, "bin" | "unknown" | "known">,
): Float64Array {
  const isKnown = Uint8Array.from(patches, (p) => Number(bin[p] !== unknown));
  const silent = known - isKnown.reduce((sum, one) => sum + one, 0);
  const order = ascending(values), scores = new Float64Array(values.length);
  let before = 0;
  for (const [start, end] of ties(values, order)) {
    let equal = 0;
    for (let i = start; i < end; i++) equal += isKnown[order[i]!]!;
    // Rank silent + before + (equal + 1) / 2, of the silent (silent + 1) / 2.
    const score = silent / 2 + before + equal / 2;
    for (let i = start; i < end; i++) scores[order[i]!] = score;
    before += equal;
  }
  return scores;
}

/**
 * Spearman's rank correlation of a latent's activation, given by the scores of
 * its entries, with depth, from the entries alone: the ranks of depth have mean
 * 0, so that the patches on which the latent is silent add nothing. `donors`
 * says whose depth map each picture has: its own when absent.
 */
export function spearmanOf(
  { pictures, cells }: LatentSlice,
  scores: Float64Array,
  scale: TargetScale,
  donors?: Uint32Array,
): number {
  const { bin, rank, unknown, known, patches: { cells: each } } = scale;
  let cov = 0, sum = 0, squares = 0;
  for (let entry = 0; entry < scores.length; entry++) {
    const picture = pictures[entry]!;
    const patch = (donors ? donors[picture]! : picture) * each + cells[entry]!;
    if (bin[patch] === unknown) continue;
    const score = scores[entry]!;
    cov += score * rank[patch]!;
    sum += score;
    squares += score * score;
  }
  const variance = squares - sum * sum / known;
  if (scale.count < 2 || variance <= 1e-12 * squares) return NaN;
  return cov / Math.sqrt(variance * scale.rankSquares);
}
