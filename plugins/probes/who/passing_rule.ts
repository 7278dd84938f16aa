/**
 * The rule by which units pass.
 *
 * @module
 */
import type { LatentTuning } from "./tuning.ts";

/** Least correlation of the curves of two halves of the pictures. */
const leastAgreement = 0.5;

/** The rule in words, after "when". */
export function passingRule(q: number, target: string): string {
  return `the ${target} of a patch explains more of its activation, beyond its place in the picture, than when ${target} maps are permuted between pictures (q < ${q}, Benjamini and Hochberg), and its tuning curves on two halves of the pictures correlate by more than ${leastAgreement}`;
}

/** 1 for each latent that passes, given its `q`: the rule of {@linkcode passingRule}. */
export function passing(
  q: Float64Array,
  { agreement }: Pick<LatentTuning, "agreement">,
  most: number,
): Uint8Array {
  return Uint8Array.from(
    q,
    (value, latent) =>
      Number(value < most && agreement[latent]! > leastAgreement),
  );
}
