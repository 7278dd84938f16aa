/**
 * What is known about each latent, and how it is written to a run's `index/`.
 *
 * @module
 */
import { join } from "node:path";
import type { Exemplars } from "./exemplars.ts";
import { histogramBins } from "./latent_counts.ts";
import type { Neighbours } from "./neighbours.ts";
import { replaceTextFile } from "../files/replace_file.ts";
import {
  type Dtype,
  type TensorToWrite,
  writeSafetensors,
} from "../files/safetensors.ts";

/** What an index was made from: `index.json`. */
export interface IndexInfo {
  /** Version of the files. */
  readonly version: 1;
  /** The hash of the run's settings. */
  readonly run: string;
  /** Number of latents. */
  readonly dSae: number;
  /** Patch rows and columns. */
  readonly grid: readonly [rows: number, cols: number];
  /** How many pictures were looked at. */
  readonly images: number;
  /** How many could not be decoded. */
  readonly skipped: number;
  /** How many patches the pictures have. */
  readonly tokens: number;
  /** How many pictures are kept for each latent: those with the largest values, and random ones. */
  readonly slots: { readonly top: number; readonly chance: number };
  /** How many nearest latents are kept of each, by direction and by firing. */
  readonly neighbours: number;
  /** The label that purity measures; null when the pictures have none. */
  readonly label: string | null;
}

/** What is known about each latent. */
export interface LatentIndex {
  /** What it was made from. */
  readonly info: IndexInfo;
  /**
   * One number for each latent, `[dSae]`, by name:
   *
   * - `density`: the share of tokens on which it fires;
   * - `pictures`: the share of pictures on which it fires;
   * - `mean`, `max`: of its values where it fires, in the activations' units;
   * - `spread`: how evenly it fires over the grid, see {@linkcode placeEntropy};
   * - `purity`, where there are labels: the share of its top pictures that have
   *   their most common label.
   *
   * For a latent that never fires, the first two and `max` are 0, the others NaN.
   */
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** How many of its values fall in each bin, `[dSae, histogramBins]`. */
  readonly histogram: Uint32Array;
  /** The sum of its values at each patch of the grid, over all pictures, `[dSae, rows · cols]`. */
  readonly places: Float32Array;
  /** The pictures with its largest values. */
  readonly top: Exemplars;
  /** Random pictures on which it fires, largest value first. */
  readonly chance: Exemplars;
  /** The latents with the nearest directions in `W_dec`. */
  readonly alike: Neighbours;
  /** The latents that fire together with it most. */
  readonly together: Neighbours;
  /** Its direction projected on the dictionary's two principal axes, `[dSae, 2]`. */
  readonly plane: Float32Array;
}

/** Writes an index to `folder`, `index.json` last: without it, the rest does not count. */
export async function writeLatentIndex(
  folder: string,
  index: LatentIndex,
): Promise<void> {
  const { info, top, chance, alike, together } = index, { dSae } = info;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.remove(join(folder, "index.json")).catch(() => {});
  const tokens = info.grid[0] * info.grid[1];
  const pictures = (
    name: string,
    { slots, value, example, token }: Exemplars,
  ) => ({
    [`${name}.value`]: of("F32", [dSae, slots], value),
    [`${name}.example`]: of("I32", [dSae, slots], example),
    [`${name}.token`]: of("U16", [dSae, slots], token),
  });
  const near = (name: string, { count, latent, cosine }: Neighbours) => ({
    [`${name}.latent`]: of("I32", [dSae, count], latent),
    [`${name}.cosine`]: of("F32", [dSae, count], cosine),
  });
  await writeSafetensors(join(folder, "latents.safetensors"), {
    ...Object.fromEntries(
      Object.entries(index.columns)
        .map(([name, data]) => [`columns.${name}`, of("F32", [dSae], data)]),
    ),
    histogram: of("U32", [dSae, histogramBins], index.histogram),
    places: of("F32", [dSae, tokens], index.places),
    plane: of("F32", [dSae, 2], index.plane),
    ...pictures("top", top),
    ...pictures("chance", chance),
    ...near("alike", alike),
    ...near("together", together),
  });
  await writeSafetensors(join(folder, "maps.safetensors"), {
    top: of("U8", [dSae, top.slots, tokens], top.map),
    chance: of("U8", [dSae, chance.slots, tokens], chance.map),
  });
  await replaceTextFile(
    join(folder, "index.json"),
    `${JSON.stringify(info, null, 2)}\n`,
  );
}

function of(
  dtype: Dtype,
  shape: readonly number[],
  data: ArrayBufferView,
): TensorToWrite {
  return { dtype, shape, data };
}
