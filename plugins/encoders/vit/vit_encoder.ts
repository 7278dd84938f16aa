/**
 * A folder, a network's sizes and how it wants its pictures in, the encoder out.
 *
 * @module
 */
import type { Encoder } from "../../../core/encoder.ts";
import { graphEncoder } from "./graph_encoder.ts";
import { type ModelFolder, weightsPlace } from "./model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  type Preprocessing,
} from "./preprocess.ts";
import { checkPatches, checkSizes, weightsOf } from "./vit_checkpoint.ts";
import { vitGraph, vitHooks, vitInput, type VitSizes } from "./vit_graph.ts";
import { vitMemory } from "./vit_memory.ts";

/** What {@linkcode vitEncoder} makes an encoder of. */
export interface VitEncoderOptions {
  /** Where the weights are. */
  readonly folder: ModelFolder;
  /** What stands before the names of their tensors. */
  readonly prefix: string;
  /** The network's sizes. */
  readonly sizes: VitSizes;
  /** How it wants its pictures; they come out `sizes.image` pixels wide and high. */
  readonly preprocessing: Preprocessing;
  /** The hook that is read when a run names none. */
  readonly defaultHook: string;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/**
 * An encoder of a vision transformer whose weights stay in their file.
 *
 * @throws {FormatError} When a tensor is missing or has another shape.
 */
export function vitEncoder(options: VitEncoderOptions): Encoder {
  const { folder: model, prefix, sizes, preprocessing, defaultHook } = options;
  checkSizes(sizes, model.weights);
  checkPatches(sizes, model.weights);
  const { folder, file } = weightsPlace(model);
  const { image } = sizes;
  return graphEncoder({
    graph: vitGraph(sizes, weightsOf(model.weights, prefix, file)),
    input: vitInput(sizes),
    hooks: vitHooks(sizes),
    defaultHook,
    weightsFolder: folder,
    threads: options.threads ?? navigator.hardwareConcurrency,
    provenance: {
      ...model.hashes,
      image,
      preprocessing: describePreprocessing(preprocessing),
    },
    preprocess(images, pixels) {
      const size = { width: image, height: image };
      return preprocess(images, preprocessing, size, pixels);
    },
    memory: (images) => vitMemory(sizes, images),
  });
}
