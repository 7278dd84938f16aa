/**
 * A folder, a network's sizes and how it wants its pictures in, the encoder out.
 *
 * @module
 */
import { type Encoder, FormatError } from "../../../mod.ts";
import { attentionOn } from "../transformer/attention.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { type ModelFolder, weightsPlace } from "../checkpoint/model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  type Preprocessing,
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

/** What {@linkcode vitEncoder} makes an encoder of. */
export interface VitEncoderOptions extends ProviderOption {
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
  /** What makes its predictions, where it makes any. */
  readonly head?: VitHead | undefined;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
  /** The same encoder of another copy of the model. */
  readonly open: (folder: ModelFolder) => Promise<Encoder>;
}

/**
 * An encoder of a vision transformer whose weights stay in their file.
 *
 * @throws {FormatError} When a tensor is missing or has another shape.
 */
export function vitEncoder(options: VitEncoderOptions): Encoder {
  const { folder: model, prefix, sizes, preprocessing, head } = options;
  checkSizes(sizes, model.weights);
  checkPatches(sizes, model);
  const { folder, file } = weightsPlace(model);
  const { image } = sizes;
  const addWeight = weightsOf(model.weights, prefix, file);
  const graph = vitGraph(sizes, addWeight, attentionOn(options.provider));
  head?.add(builder(graph, weightsOf(model.weights, "", file)));
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
      image,
      preprocessing: describePreprocessing(preprocessing),
      ...head?.provenance,
      ...describeProvider(options),
    },
    preprocess(images, pixels) {
      const size = { width: image, height: image };
      return preprocess(images, preprocessing, size, pixels);
    },
    view: (picture) => viewOf(picture, preprocessing),
    shuffled: (seed) => shuffledWeights(model, seed, options.open),
    memory: (images, hook) => vitMemory(sizes, images, head, hook),
  });
}

/** Checks that whole patches fill the picture. */
function checkPatches({ patch, image }: VitSizes, model: ModelFolder): void {
  if (image % patch === 0) return;
  const { path } = model.weights;
  throw new FormatError(
    path,
    `Cannot use "${path}": patches of ${patch} pixels do not fill a picture of ${image}`,
  );
}
