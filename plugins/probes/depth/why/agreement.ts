/**
 * Rank agreement between how latents are tuned and what they do.
 *
 * @module
 */
import { type Estimate, estimateOf, spearman } from "../../../../mod.ts";
import type { WhyFound } from "./why_found.ts";

/** The agreement with each score of tuning; absent where tuning is not known. */
export type Agreements = Partial<
  Readonly<Record<"spearman" | "partialEta2", Estimate>>
>;

/** Measured over the random latents, so that the best tuned do not count twice. */
export function agreementsOf(
  { tuning, input: { chosen }, findings, study: { seed } }: WhyFound,
): Agreements {
  if (!tuning || !chosen) return {};
  const effectOf = new Map(
    findings.ablations.map(({ latent, effect }) => [latent, effect.value]),
  );
  const some = [...new Set(chosen.chance)];
  const effects = some.map((latent) => effectOf.get(latent)!);
  const against = (scores: Float32Array) =>
    rankAgreement(
      some.map((latent) => Math.abs(scores[latent]!)),
      effects,
      seed,
    );
  return {
    spearman: against(tuning.spearman),
    partialEta2: against(tuning.partialEta2),
  };
}

/**
 * Spearman's rank correlation of two numbers of each latent, with a bootstrap
 * interval over latents; latents with an unknown number are left out.
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
