/**
 * How latents are tuned and what they do in, whether the order of the two is
 * the same out.
 *
 * @module
 */
import { type Estimate, estimateOf, spearman } from "../../../../mod.ts";

/**
 * Spearman's rank correlation of two numbers of each of some latents, with an
 * interval of a bootstrap over latents; those of which one is not known are
 * left out.
 */
export function rankAgreement(
  score: readonly number[],
  effect: readonly number[],
  seed: number,
): Estimate {
  const known = [...score.keys()].filter((i) =>
    Number.isFinite(score[i]) && Number.isFinite(effect[i])
  );
  const over = (of: readonly number[]): number =>
    spearman(of.map((i) => score[i]!), of.map((i) => effect[i]!));
  const drawn = (times: ArrayLike<number>): number =>
    over(known.flatMap((i, at) => new Array<number>(times[at]!).fill(i)));
  return estimateOf(drawn, { clusters: known.length, seed });
}
