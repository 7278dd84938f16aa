/**
 * An encoder of a vision transformer whose weights stay in their file.
 *
 * @module
 */
import { type Encoder, FormatError } from "../../../mod.ts";
import { attentionOn } from "../transformer/attention.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { type ModelFolder, weightsFolder } from "../checkpoint/model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  type Preprocessing,
  type Size,
  viewOf,
} from "../pictures/preprocess.ts";
import {
  describeProvider,
  type ProviderOption,
} from "../network/provider_option.ts";
import { shuffledWeights } from "../checkpoint/shuffled_weights.ts";
import { builder } from "../network/builder.ts";
import { checkSizes } from "../transformer/vit_checkpoint.ts";
import { weightsOf } from "../checkpoint/weights_of.ts";
import { vitGraph, vitHooks, vitInput, type VitSizes } from "./vit_graph.ts";
import type { VitHead } from "./vit_head.ts";
import { vitMemory, vitTogether } from "./vit_memory.ts";

/** Options for {@linkcode vitEncoder}. */
export interface VitEncoderOptions extends ProviderOption {
  /** The folder with the weights. */
  readonly folder: ModelFolder;
  /** What the names of the tensors begin with. */
  readonly prefix: string;
  /** The network's sizes. */
  readonly sizes: VitSizes;
  /** How pictures are prepared; they come out as large as `sizes.image`. */
  readonly preprocessing: Preprocessing;
  /** The hook to read when a run names none. */
  readonly defaultHook: string;
  /** What makes its predictions, if it makes any. */
  readonly head?: VitHead | undefined;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
  /** Opens the same encoder for another copy of the model. */
  readonly open: (folder: ModelFolder) => Promise<Encoder>;
}

/**
 * Makes an encoder from a checkpoint and what was read of its settings.
 *
 * @throws {FormatError} When a tensor is missing or has another shape.
 */
export function vitEncoder(options: VitEncoderOptions): Encoder {
  const { folder: model, prefix, sizes, preprocessing, head } = options;
  checkSizes(sizes, model.weights);
  checkPatches(sizes, model);
  const folder = weightsFolder(model);
  const { image } = sizes;
  const addWeight = weightsOf(model.weights, prefix);
  const graph = vitGraph(sizes, addWeight, attentionOn(options.provider));
  head?.add(builder(graph, weightsOf(model.weights, "")));
  return graphEncoder({
    graph,
    input: vitInput(sizes),
    hooks: [...vitHooks(sizes), ...head?.hooks ?? []],
    defaultHook: options.defaultHook,
    ...head && { predictions: head.predictions },
    together: vitTogether(head),
    weightsFolder: folder,
    threads: options.threads ?? navigator.hardwareConcurrency,
    provider: options.provider,
    provenance: {
      ...model.hashes,
      ...provenanceOf(image),
      preprocessing: describePreprocessing(preprocessing),
      ...head?.provenance,
      ...describeProvider(options),
    },
    preprocess(images, pixels) {
      return preprocess(images, preprocessing, image, pixels);
    },
    view: (picture) => viewOf(picture, preprocessing),
    shuffled: (seed) => shuffledWeights(model, seed, options.open),
    memory: (images, hook) => vitMemory(sizes, images, head, hook),
  });
}

/** Checks that whole patches fill the picture. */
function checkPatches({ patch, image }: VitSizes, model: ModelFolder): void {
  const { height, width } = image;
  if (height % patch === 0 && width % patch === 0) return;
  const { path } = model.weights;
  throw new FormatError(
    path,
    `Cannot use "${path}": patches of ${patch} pixels do not fill a picture of ${
      height === width ? height : `${height}×${width}`
    }`,
  );
}

/** One number of a square, as runs have it that were made before other shapes were taken. */
function provenanceOf({ height, width }: Size): Record<string, number> {
  return height === width ? { image: height } : { height, width };
}
