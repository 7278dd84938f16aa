/**
 * What is known of the pictures before anything is edited.
 *
 * @module
 */
import type { DepthStudy } from "../study/depth_study.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import { readCodes, type TargetPatches } from "../../study/read_codes.ts";

/** The pictures that are edited, unedited. */
export interface Gathered {
  /** The pictures. */
  readonly patches: TargetPatches;
  /** Which latents fire on which of their patches; absent without a dictionary. */
  readonly codes?: LatentEntries | undefined;
  /** Rows of the decoder, `[dSae, width]`; absent without a dictionary. */
  readonly rows?: Float32Array | undefined;
  /** The mean patch, `[width]`. */
  readonly mean: Float32Array;
  /** An even sample of patches, `[patches, width]`. */
  readonly sample: Float32Array;
}

/** About how many patches a sample has. */
const sampled = 1024;

/** Encodes the pictures once, a group at a time. */
export async function gather(
  study: DepthStudy,
  pictures: Uint32Array,
): Promise<Gathered> {
  const { hook: { width, layout: { grid } }, dictionary } = study;
  const every = Math.ceil(pictures.length * grid[0] * grid[1] / sampled);
  const sums = new Float64Array(width), sample: Float32Array[] = [];
  let count = 0;
  const { patches, codes } = await readCodes(study, pictures, {
    dictionaries: dictionary ? [dictionary] : [],
    onPatches({ data }) {
      for (let at = 0; at < data.length; at += width, count++) {
        const patch = data.subarray(at, at + width);
        for (let d = 0; d < width; d++) sums[d]! += patch[d]!;
        if (count % every === 0) sample.push(patch.slice());
      }
    },
  });
  return {
    patches,
    codes: codes[0],
    rows: dictionary &&
      await dictionary.engine.read(dictionary.params.W_dec!),
    mean: Float32Array.from(sums, (sum) => sum / count),
    sample: Float32Array.from(
      { length: sample.length * width },
      (_, i) => sample[Math.floor(i / width)]![i % width]!,
    ),
  };
}

/** Where a latent fires in one picture, and how strongly. */
export interface Firing {
  /** Cells of the grid, ascending. */
  readonly cells: Uint32Array;
  /** Its values there. */
  readonly values: Float32Array;
}

/** Where `latent` fires in picture `picture`. */
export function firingIn(
  { starts, patches, values }: LatentEntries,
  cells: number,
  latent: number,
  picture: number,
): Firing {
  const from = starts[latent]!, to = starts[latent + 1]!;
  const start = firstAt(patches, from, to, picture * cells);
  const end = firstAt(patches, start, to, (picture + 1) * cells);
  return {
    cells: patches.subarray(start, end).map((p) => p - picture * cells),
    values: values.subarray(start, end),
  };
}

/** The first index in `[from, to)` of ascending `numbers` whose number is `least` or more. */
function firstAt(
  numbers: Uint32Array,
  from: number,
  to: number,
  least: number,
): number {
  while (from < to) {
    const middle = (from + to) >> 1;
    if (numbers[middle]! < least) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** How strongly and how often a latent fires on all pictures. */
export interface FiringSummary {
  /** Number of patches that it fires on. */
  readonly fired: number;
  /** The mean of its values there. */
  readonly mean: number;
  /** Their standard deviation; 0 with fewer than two. */
  readonly sd: number;
}

/** How strongly and how often `latent` fires. */
export function firingOf(
  { starts, values }: LatentEntries,
  latent: number,
): FiringSummary {
  const own = values.subarray(starts[latent], starts[latent + 1]);
  const fired = own.length;
  const mean = own.reduce((sum, x) => sum + x, 0) / fired;
  const squares = own.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { fired, mean, sd: fired > 1 ? Math.sqrt(squares / fired) : 0 };
}
