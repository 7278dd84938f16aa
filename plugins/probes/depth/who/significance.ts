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

/**
 * The smallest false discovery rate at which each of several tests would be
 * among the discoveries (Benjamini and Hochberg, 1995); NaN, where a test was
 * not made, stays NaN and does not count.
 *
 * @example
 * ```ts
 * import { falseDiscoveryRates } from "./significance.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const q = falseDiscoveryRates(Float64Array.of(0.5, 0.125));
 * deepEqual(q, Float64Array.of(0.5, 0.25));
 * ```
 */
export function falseDiscoveryRates(p: Float64Array): Float64Array {
  const order = [...p.keys()].filter((i) => !Number.isNaN(p[i]))
    .sort((a, b) => p[b]! - p[a]!);
  const q = new Float64Array(p.length).fill(NaN), tests = order.length;
  let least = 1;
  order.forEach((i, above) => {
    least = Math.min(least, p[i]! * tests / (tests - above));
    q[i] = least;
  });
  return q;
}
