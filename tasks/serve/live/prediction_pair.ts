/**
 * Compares a prediction with the edited one.
 *
 * @module
 */
import type { NumberMap } from "./color_map.ts";
import type { Steered } from "./live_model.ts";
import { extent } from "../runs/extent.ts";

/** What an edit did to a prediction, in numbers. */
export interface Difference {
  /** Mean absolute difference. */
  readonly mean: number;
  /** Largest absolute difference. */
  readonly largest: number;
  /** The largest number of the clean prediction minus the smallest. */
  readonly range: number;
}

/** Compares all numbers of a prediction with those of the edited one. */
export function differenceOf(
  { clean, edited }: Pick<Steered, "clean" | "edited">,
): Difference {
  let sum = 0, largest = 0;
  for (let i = 0; i < clean.data.length; i++) {
    const far = Math.abs(edited.data[i]! - clean.data[i]!);
    sum += far;
    if (!(far <= largest)) largest = far;
  }
  const [low, high] = extent(clean.data) ?? [0, 0];
  return { mean: sum / clean.data.length, largest, range: high - low };
}

/** The clean map, the edited one, and their difference. */
interface MapTriple {
  /** Clean. */
  readonly clean: NumberMap;
  /** Edited. */
  readonly edited: NumberMap;
  /** Edited minus clean. */
  readonly difference: NumberMap;
}

/** Predictions with one number for each place, such as depth, as maps. */
export function asMaps(
  { clean, edited, layout: { specials, grid: [height, width] } }: Pick<
    Steered,
    "clean" | "edited" | "layout"
  >,
): MapTriple {
  const map = (data: Float32Array): NumberMap => ({ data, width, height });
  const [a, b] = [clean, edited].map(({ data }) => data.subarray(specials));
  return {
    clean: map(a!),
    edited: map(b!),
    difference: map(b!.map((value, i) => value - a![i]!)),
  };
}

/** For predictions with many numbers for each place: how far each moved, their mean length, and the mean cosine of before and after. */
export function featureShift(
  { clean, edited, layout: { specials, grid: [height, width] } }: Pick<
    Steered,
    "clean" | "edited" | "layout"
  >,
): { shift: NumberMap; norm: number; cosine: number } {
  const wide = clean.shape[2]!, places = width * height;
  const data = new Float32Array(places);
  let norm = 0, cosine = 0;
  for (let place = 0; place < places; place++) {
    let far = 0, a = 0, b = 0, both = 0;
    for (let i = 0; i < wide; i++) {
      const at = (specials + place) * wide + i;
      const [before, after] = [clean.data[at]!, edited.data[at]!];
      far += (after - before) ** 2;
      a += before ** 2;
      b += after ** 2;
      both += before * after;
    }
    data[place] = Math.sqrt(far);
    norm += Math.sqrt(a) / places;
    cosine += both / Math.sqrt(a * b || 1) / places;
  }
  return { shift: { data, width, height }, norm, cosine };
}

/** A class and its probabilities. */
interface ClassChange {
  /** Its number. */
  readonly index: number;
  /** Its name. */
  readonly name: string;
  /** Its probability before. */
  readonly clean: number;
  /** Its probability after. */
  readonly edited: number;
}

/** The probabilities that logits stand for. */
export function softmax(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(logits, (x) => Math.exp(x - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((x) => x / sum);
}

/** The classes that are among the `count` likeliest before or after, the likeliest before first. */
export function topClasses(
  { clean, edited, prediction: { labels } }: Pick<
    Steered,
    "clean" | "edited" | "prediction"
  >,
  count = 5,
): ClassChange[] {
  const [before, after] = [clean, edited].map(({ data }) => softmax(data));
  const best = (of: Float64Array): number[] =>
    Array.from(of, (_, i) => i).sort((a, b) => of[b]! - of[a]!).slice(0, count);
  const both = new Set([...best(before!), ...best(after!)]);
  return [...both].map((index) => ({
    index,
    name: labels?.[index] ?? `class ${index}`,
    clean: before![index]!,
    edited: after![index]!,
  })).sort((a, b) => b.clean - a.clean);
}
