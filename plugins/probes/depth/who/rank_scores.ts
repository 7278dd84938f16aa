/**
 * Rank correlations of latents with depth, from the entries of their codes.
 *
 * @module
 */
import { ascending, ties } from "../../../../mod.ts";
import type { LatentSlice } from "../study/latent_entries.ts";
import type { TargetScale } from "./target_scale.ts";

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
