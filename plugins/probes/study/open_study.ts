/**
 * Chooses what a study looks at.
 *
 * @module
 */
import {
  ConfigError,
  evenly,
  findHook,
  type PluginContext,
  type ProbeInput,
  sizeOf,
} from "../../../mod.ts";
import { splitPictures } from "./split_pictures.ts";
import type { Study } from "./study.ts";

/** Options for {@linkcode openStudy}. */
export interface OpenStudyOptions {
  /** What is asked for, as in {@linkcode Study.target}. */
  readonly name: string;
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
 * Chooses the hook and the pictures of a study, all but its target.
 *
 * @throws {ConfigError} When there are fewer pictures than folds, or the hook has no patches.
 */
export function openStudy(
  input: ProbeInput,
  { name, images, folds, seed, report }: OpenStudyOptions,
): Omit<Study, "target"> & { readonly indices: Uint32Array } {
  const { dataset, encoder, engine, dictionary, heldOut, signal } = input;
  const hook = findHook(encoder, input.hook);
  if (sizeOf(hook.layout.grid) === 0) {
    throw new ConfigError(
      "hook",
      `Cannot look for ${name} in the patches of "${hook.name}": it has none`,
    );
  }
  const indices = evenly(heldOut.length, images).map((i) => heldOut[i]!);
  return {
    ...{ dataset, encoder, engine, dictionary, hook, seed, signal, indices },
    split: splitPictures(dataset, indices, { folds, test: tested, seed }),
    ...report && { report },
  };
}
