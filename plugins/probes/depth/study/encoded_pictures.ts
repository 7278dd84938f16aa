/**
 * Groups of pictures in, what the model computes from each of them and what is
 * known of its cells out.
 *
 * @module
 */
import {
  type Encoder,
  type Hook,
  type HostTensors,
  mapAhead,
} from "../../../../mod.ts";
import {
  type CellTargets,
  cellTargets,
  ownDepth,
  type Target,
  targetMeanings,
} from "./cell_targets.ts";
import { type DepthPicture, readDepthPictures } from "./depth_pictures.ts";
import type { DepthStudy } from "./study.ts";

/** Pictures that were encoded together. */
export interface EncodedPictures {
  /** Those that could be decoded. */
  readonly pictures: readonly DepthPicture[];
  /** What was asked for, and the model's prediction of depth: `[pictures, tokens, width]`. */
  readonly activations: HostTensors;
}

/** Options for {@linkcode encodedPictures}. */
export interface EncodedPicturesOptions {
  /** Names of the hooks to read. */
  readonly hooks: readonly string[];
  /** Who is read there: the study's encoder when absent. What is predicted is always that one's. */
  readonly encoder?: Encoder | undefined;
}

/**
 * Each group of indices, read and encoded once. While one is used the next is
 * encoded and the two after that are decoded.
 */
export async function* encodedPictures(
  study: DepthStudy,
  groups: Iterable<readonly number[]>,
  { hooks, encoder = study.encoder }: EncodedPicturesOptions,
): AsyncGenerator<EncodedPictures> {
  const decoded = mapAhead(
    groups,
    2,
    (indices) => readDepthPictures(study.dataset, indices),
  );
  yield* mapAhead(decoded, 1, async (pictures) => {
    study.signal?.throwIfAborted();
    return { pictures, activations: await encode(pictures) };
  });

  async function encode(
    pictures: readonly DepthPicture[],
  ): Promise<HostTensors> {
    if (pictures.length === 0) return {};
    const images = pictures.map(({ image }) => image);
    const said = study.prediction ? [study.prediction.hook] : [];
    if (encoder === study.encoder) {
      return encoder.encode(images, [...new Set([...hooks, ...said])]);
    }
    return {
      ...await encoder.encode(images, hooks),
      ...said.length > 0 && await study.encoder.encode(images, said),
    };
  }
}

/** What is known of each cell of a hook's grid in picture `at` of a group. */
export function targetsAt(
  { encoder, prediction }: Pick<DepthStudy, "encoder" | "prediction">,
  { pictures, activations }: EncodedPictures,
  at: number,
  hook: Pick<Hook, "layout">,
): CellTargets {
  const picture = pictures[at]!;
  const from = encoder.hooks.find(({ name }) => name === prediction?.hook);
  return cellTargets({
    picture,
    hook,
    view: encoder.view?.(picture.image),
    own: prediction && from &&
      ownDepth(activations[prediction.hook]!, at, from, prediction),
  });
}

/** The targets that a study can ask for, in their order. */
export function targetsOf(
  { truth, prediction }: Pick<DepthStudy, "truth" | "prediction">,
): Target[] {
  const all = Object.keys(targetMeanings) as Target[];
  return all.filter((target) => {
    const needsTruth = !target.startsWith("own_");
    const needsOwn = !target.startsWith("truth_");
    return (truth || !needsTruth) && (!!prediction || !needsOwn);
  });
}

/** The cells of which every one of `targets` is known. */
export function knownCells(
  { values, known }: CellTargets,
  targets: readonly Target[],
): number[] {
  if (targets.some((target) => !values[target])) return [];
  return [...known.keys()].filter((cell) => known[cell] === 1);
}

/** The activations of `cells` of picture `at` of a group, `[cells, width]`. */
export function tokensAt(
  activations: HostTensors,
  at: number,
  { name, width, layout: { specials } }: Hook,
  cells: readonly number[],
): Float32Array {
  const { data, shape: [, tokens] } = activations[name]!;
  const start = (at * tokens! + specials) * width;
  const out = new Float32Array(cells.length * width);
  cells.forEach((cell, row) => {
    const from = start + cell * width;
    out.set(data.subarray(from, from + width), row * width);
  });
  return out;
}
