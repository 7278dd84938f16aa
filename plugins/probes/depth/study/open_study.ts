/**
 * What a probe may look at in, what the parts of the depth probe look at out.
 *
 * @module
 */
import {
  ConfigError,
  type Dataset,
  evenly,
  findHook,
  type PluginContext,
  type ProbeInput,
  sizeOf,
} from "../../../../mod.ts";
import { depthTarget } from "./depth_target.ts";
import { splitPictures } from "./split_pictures.ts";
import type { DepthStudy } from "./study.ts";

/** Options for {@linkcode openStudy}. */
export interface OpenStudyOptions {
  /** Pictures looked at, at most. */
  readonly images: number;
  /** Groups of pictures that probes are fitted on. */
  readonly folds: number;
  /** Decides every random number. */
  readonly seed: number;
  /** Is told how far a part is. */
  readonly report?: PluginContext["report"];
}

/** Share of the pictures that are measured on. */
const tested = 0.3;

/**
 * Chooses the pictures and finds out what is known of them: whether their
 * depth is, from the first that can be decoded, and whether the model says
 * depth itself.
 *
 * @throws {ConfigError} When there is neither true depth nor a model that says
 * one, fewer pictures than folds, or the hook has no patches.
 */
export async function openStudy(
  input: ProbeInput,
  { images, folds, seed, report }: OpenStudyOptions,
): Promise<DepthStudy> {
  const { dataset, encoder, engine, dictionary, heldOut, signal } = input;
  const hook = findHook(encoder, input.hook);
  if (sizeOf(hook.layout.grid) === 0) {
    throw new ConfigError(
      "hook",
      `Cannot look for depth in the patches of "${hook.name}": it has none`,
    );
  }
  const indices = evenly(heldOut.length, images).map((i) => heldOut[i]!);
  const split = splitPictures(dataset, indices, { folds, test: tested, seed });
  const prediction = encoder.predictions?.find(({ kind }) => kind === "depth");
  const truth = await knowsDepth(dataset, indices);
  if (!truth && !prediction) {
    throw new ConfigError(
      "dataset",
      "Cannot look for depth: the dataset does not know it and the model does not say it; use a dataset with depth (--dataset.use=scenes, --dataset.use=rgbd) or a model that says depth (--encoder.use=depth-anything)",
    );
  }
  return {
    dataset,
    encoder,
    hook,
    dictionary,
    engine,
    split,
    truth,
    prediction,
    target: depthTarget({ encoder, prediction, truth }),
    seed,
    ...report && { report },
    signal,
  };
}

/** Whether pictures come with their depth, as the first one that can be decoded does. */
async function knowsDepth(
  dataset: Dataset,
  indices: Uint32Array,
): Promise<boolean> {
  for (const index of indices) {
    try {
      return (await dataset.get(index)).maps?.depth !== undefined;
    } catch (error) {
      // By name, since a plugin may bring its own copy of the class.
      if ((error as Error)?.name !== "ExampleError") throw error;
    }
  }
  return false;
}
