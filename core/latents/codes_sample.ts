/**
 * A bounded random sample of the codes of many tokens.
 *
 * @module
 */
import type { HostCodes } from "../codes.ts";

/**
 * The latents that fire on a random sample of tokens. Which tokens are kept does
 * not depend on their order.
 */
export interface CodesSample {
  /** The share of tokens that are kept: those whose key is below it. */
  share: number;
  /** The sum over tokens of the squared number of latents: the cost of comparing latents pairwise. */
  pairs: number;
  /** Each kept token's key. */
  readonly keys: number[];
  /** Where each token's latents start in `latents`, then where the last one's end. */
  readonly offsets: number[];
  /** The latents, token by token. */
  readonly latents: number[];
}

/** An empty sample that will keep about `share` of the tokens, fewer if many latents fire. */
export function codesSample(share: number): CodesSample {
  return { share, pairs: 0, keys: [], offsets: [0], latents: [] };
}

/** About how many tokens a sample keeps. */
export const sampledTokens = 16_384;

/** The most pairs that a sample may have. */
const mostPairs = 2 ** 31;

/** Adds a token with its latents if its `key`, a random number in `[0, 1)`, is small enough. */
export function sampleCodes(
  sample: CodesSample,
  key: number,
  latents: Iterable<number>,
): void {
  if (key >= sample.share) return;
  append(sample, key, latents);
  while (sample.pairs > mostPairs && sample.keys.length > 1) halve(sample);
}

function append(
  sample: CodesSample,
  key: number,
  own: Iterable<number>,
): void {
  const { keys, offsets, latents } = sample, start = latents.length;
  for (const latent of own) latents.push(latent);
  keys.push(key);
  offsets.push(latents.length);
  sample.pairs += (latents.length - start) ** 2;
}

function halve(sample: CodesSample): void {
  const { keys, offsets, latents } = sample;
  const [oldKeys, oldOffsets] = [keys.splice(0), offsets.splice(1)];
  const old = latents.splice(0);
  sample.share /= 2;
  sample.pairs = 0;
  let start = 0;
  oldKeys.forEach((key, i) => {
    const end = oldOffsets[i]!;
    if (key < sample.share) append(sample, key, old.slice(start, end));
    start = end;
  });
}

/** The sample as codes of `dSae` latents whose values are all 0. */
export function hostCodesOf(
  { offsets, latents }: CodesSample,
  dSae: number,
): HostCodes {
  return {
    shape: [offsets.length - 1, dSae],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: new Float32Array(latents.length),
  };
}

/** Most bytes that a sample takes while it is compared, when `l0` latents fire on a token. */
export function sampleBytes(l0: number): number {
  // For a given number of pairs, rows of equal length hold the most entries.
  const entries = Math.min(
    sampledTokens * l0,
    Math.sqrt(sampledTokens * mostPairs),
  );
  return 24 * (entries + sampledTokens);
}
