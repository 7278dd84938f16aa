/**
 * Counts how often each latent fires, how strongly, and where in the picture.
 *
 * @module
 */
import type { HostCodes } from "../codes.ts";

/** Bins of the histogram of a latent's values: half octaves, from `2^-16` to `2^16`. */
export const histogramBins = 64;

/** The lower edge of a bin. The first and last bins also hold what lies beyond them. */
export function binEdge(bin: number): number {
  return 2 ** ((bin - histogramBins / 2) / 2);
}

/** The bin that a value falls in. */
export function binOf(value: number): number {
  const bin = Math.floor(2 * Math.log2(value)) + histogramBins / 2;
  return Math.min(histogramBins - 1, Math.max(0, bin));
}

/** Counts for each latent. */
export interface LatentCounts {
  /** Tokens on which it fired, `[dSae]`. */
  readonly fired: Float64Array;
  /** Pictures in which it fired, `[dSae]`. */
  readonly pictures: Float64Array;
  /** The sum of its values, `[dSae]`. */
  readonly sum: Float64Array;
  /** Its largest value, `[dSae]`. */
  readonly max: Float32Array;
  /** How many of its values fall in each bin, `[dSae, histogramBins]`. */
  readonly histogram: Uint32Array;
  /** The sum of its values at each place of the grid, `[dSae, tokens]`. */
  readonly places: Float32Array;
}

/** Counts of 0, for pictures of `tokens` patches. */
export function latentCounts(dSae: number, tokens: number): LatentCounts {
  return {
    fired: new Float64Array(dSae),
    pictures: new Float64Array(dSae),
    sum: new Float64Array(dSae),
    max: new Float32Array(dSae),
    histogram: new Uint32Array(dSae * histogramBins),
    places: new Float32Array(dSae * tokens),
  };
}

/** Adds the codes of whole pictures, `tokens` rows each. */
export function addCounts(
  counts: LatentCounts,
  { offsets, latents, values }: HostCodes,
  tokens: number,
): void {
  const { fired, pictures, sum, max, histogram, places } = counts;
  const lastSeen = new Int32Array(fired.length).fill(-1);
  for (let row = 0; row + 1 < offsets.length; row++) {
    const picture = Math.floor(row / tokens), token = row % tokens;
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      const latent = latents[entry]!, value = values[entry]!;
      fired[latent]!++;
      sum[latent]! += value;
      if (value > max[latent]!) max[latent] = value;
      histogram[latent * histogramBins + binOf(value)]!++;
      places[latent * tokens + token]! += value;
      if (lastSeen[latent] === picture) continue;
      lastSeen[latent] = picture;
      pictures[latent]!++;
    }
  }
}

/**
 * How evenly each latent's values spread over the grid, `[dSae]`: the entropy of
 * its mean map divided by that of a uniform one. 1 is everywhere alike, 0 one
 * place only; NaN for a latent that never fires.
 */
export function placeEntropy(
  places: Float32Array,
  tokens: number,
): Float32Array {
  return Float32Array.from({ length: places.length / tokens }, (_, latent) => {
    const map = places.subarray(latent * tokens, (latent + 1) * tokens);
    const total = map.reduce((sum, value) => sum + value, 0);
    if (total === 0 || tokens === 1) return NaN;
    let entropy = 0;
    for (const value of map) {
      if (value > 0) entropy -= value / total * Math.log(value / total);
    }
    return entropy / Math.log(tokens);
  });
}
