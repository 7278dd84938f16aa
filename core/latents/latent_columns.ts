/**
 * The numbers that latents are sorted by: density, mean, purity and others.
 *
 * @module
 */
import type { Exemplars } from "./exemplars.ts";
import { type LatentCounts, placeEntropy } from "./latent_counts.ts";

/** The labels of pictures, by index in the dataset. */
type PictureLabels = Readonly<
  Record<string, Readonly<Record<string, string | number>>>
>;

/** What {@linkcode latentColumns} computes from. */
interface LatentColumnsInput {
  /** Counts for each latent. */
  readonly counts: LatentCounts;
  /** The pictures with each latent's largest values. */
  readonly top: Exemplars;
  /** How many pictures were looked at. */
  readonly images: number;
  /** Their labels. */
  readonly labels: PictureLabels;
  /** The label that purity measures; no purity when null. */
  readonly label: string | null;
}

/**
 * A number for each latent, `[dSae]`, by name; `LatentIndex.columns` says what
 * they mean. For a latent that never fires, `density`, `pictures` and `max` are 0
 * and the others NaN.
 */
export function latentColumns(
  { counts, top, images, labels, label }: LatentColumnsInput,
): Record<string, Float32Array> {
  const { fired, pictures, sum, max, places } = counts, { tokens } = top;
  return {
    density: Float32Array.from(fired, (count) => count / (images * tokens)),
    pictures: Float32Array.from(pictures, (count) => count / images),
    // A literal NaN, because the bits of 0 / 0 differ between processors.
    mean: Float32Array.from(
      sum,
      (total, i) => fired[i] === 0 ? NaN : total / fired[i]!,
    ),
    max,
    spread: placeEntropy(places, tokens),
    ...label !== null && { purity: purity(top, labels, label) },
  };
}

/**
 * The label that purity measures: the one wanted, or else `class`, or else the
 * first that is text; null when no picture has it.
 */
export function labelOf(
  labels: PictureLabels,
  wanted?: string,
): string | null {
  const all = Object.values(labels), label = wanted ?? "class";
  if (all.some((each) => Object.hasOwn(each, label))) return label;
  if (wanted !== undefined) return null;
  for (const each of all) {
    const word = Object.entries(each)
      .find(([, value]) => typeof value === "string");
    if (word) return word[0];
  }
  return null;
}

/** The share of each latent's top pictures that carry their most common label. */
function purity(
  { example, slots }: Exemplars,
  labels: PictureLabels,
  key: string,
): Float32Array {
  return Float32Array.from({ length: example.length / slots }, (_, latent) => {
    const slot = latent * slots;
    const own = example.subarray(slot, slot + slots).filter((i) => i >= 0);
    const pictures = new Set(own), counts = new Map<string | number, number>();
    for (const index of pictures) {
      const label = labels[index]?.[key];
      if (label === undefined) continue;
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    const most = Math.max(0, ...counts.values());
    return pictures.size === 0 ? NaN : most / pictures.size;
  });
}
