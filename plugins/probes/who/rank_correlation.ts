/**
 * Rank correlations of latents with a target, from the entries of their codes.
 *
 * @module
 */
import { ascending, ties } from "../../../mod.ts";
import type { LatentSlice } from "../study/latent_entries.ts";
import { type Measure, noBin, type TargetScale } from "./target_scale.ts";

/**
 * Spearman's rank correlation of an activation with the target: the ranks of
 * the target have mean 0, so that patches on which the latent is silent add
 * nothing.
 */
export function rankCorrelation(scale: TargetScale): Measure {
  const { bin, rank, rankSquares, known, own, patches: { cells: each } } =
    scale;
  return (slice) => {
    const { pictures, cells } = slice, scores = rankScores(slice, scale);
    return (donors = own) => {
      let cov = 0, sum = 0, squares = 0;
      for (let entry = 0; entry < scores.length; entry++) {
        const patch = donors[pictures[entry]!]! * each + cells[entry]!;
        if (bin[patch] === noBin) continue;
        const score = scores[entry]!;
        cov += score * rank[patch]!;
        sum += score;
        squares += score * score;
      }
      const variance = squares - sum * sum / known;
      if (scale.count < 2 || variance <= 1e-12 * squares) return NaN;
      return cov / Math.sqrt(variance * rankSquares);
    };
  };
}

/**
 * The rank of each entry among a latent's activations on the patches whose
 * target is known, less the rank that all patches share on which it is silent.
 * An entry whose patch's target is unknown gets the rank it would have.
 */
function rankScores(
  { patches, values }: LatentSlice,
  { bin, known }: TargetScale,
): Float64Array {
  const isKnown = Uint8Array.from(patches, (p) => Number(bin[p] !== noBin));
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
