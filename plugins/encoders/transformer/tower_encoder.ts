/**
 * An encoder of a vision tower: an embedding, a stack of blocks and a last
 * normalisation, whose weights stay in their file.
 *
 * @module
 */
import type { Encoder, Hook } from "../../../mod.ts";
import { type ModelFolder, weightsFolder } from "../checkpoint/model_folder.ts";
import { shuffledWeights } from "../checkpoint/shuffled_weights.ts";
import { weightsOf } from "../checkpoint/weights_of.ts";
import { type Builder, builder } from "../network/builder.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { networkMemory, weightBytes } from "../network/network_memory.ts";
import { onnxGraph, type Port } from "../network/onnx_graph.ts";
import {
  describeProvider,
  type ProviderOption,
} from "../network/provider_option.ts";
import type { Prepared } from "../pictures/preprocessor_config.ts";
import {
  describePreprocessing,
  preprocess,
  viewOf,
} from "../pictures/preprocess.ts";
import { type AttentionKind, attentionOn } from "./attention.ts";
import { block, type BlockLayout } from "./block.ts";
import { blockHooks } from "./block_hooks.ts";
import { numbersInBlock } from "./block_memory.ts";
import { layerNorm } from "./layers.ts";

/** The sizes of a tower and its tensors as the checkpoint names them. */
export interface TowerLayout extends Omit<BlockLayout, "tokens" | "attention"> {
  /** Number of blocks. */
  readonly layers: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** How many tokens come before the patches. */
  readonly specials: number;
  /** The last normalisation. */
  readonly finalNorm: string;
}

/** Patch rows and columns. */
export type Grid = readonly [rows: number, columns: number];

/** What {@linkcode towerEncoder} makes an encoder of. */
export interface TowerOptions extends ProviderOption {
  /** Where the weights are. */
  readonly folder: ModelFolder;
  /** What the names of its tensors begin with. */
  readonly prefix: string;
  /** Its sizes and names. */
  readonly layout: TowerLayout;
  /** How pictures are made, and their size: whole patches. */
  readonly pictures: Prepared;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
  /** What made the activations beside files, pictures and provider. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** Adds `embed`, what the first block reads; may say how positions come into attention. */
  embed(build: Builder, grid: Grid): Pick<BlockLayout, "rotation"> | void;
  /** The same encoder of another copy of the model. */
  open(folder: ModelFolder): Promise<Encoder>;
}

/** The pictures that go into a tower: `[images, 3, height, width]`. */
export const towerInput = "pixel_values";

/**
 * Makes the encoder. Its hooks are `embed`, those of `blockHooks` and
 * `final_norm`.
 *
 * @throws {FormatError} When a tensor is missing or has another shape.
 */
export function towerEncoder(options: TowerOptions): Encoder {
  const { folder: model, layout, pictures, prefix } = options;
  const { size, preprocessing } = pictures;
  const grid: Grid = [size.height / layout.patch, size.width / layout.patch];
  const place = weightsFolder(model), hooks = towerHooks(layout, grid);
  const build = builder(
    onnxGraph(),
    weightsOf(model.weights, prefix),
  );
  addTower(build, options, grid, attentionOn(options.provider));
  const own = [...model.weights.tensors].filter(([name]) =>
    name.startsWith(prefix)
  ).map(([, tensor]) => tensor);
  const tokens = layout.specials + grid[0] * grid[1];
  return graphEncoder({
    graph: build.graph,
    input: inputOf(size),
    hooks,
    defaultHook: `blocks.${layout.layers - 1}.resid_post`,
    weightsFolder: place,
    threads: options.threads ?? navigator.hardwareConcurrency,
    provider: options.provider,
    provenance: {
      ...model.hashes,
      ...size,
      preprocessing: describePreprocessing(preprocessing),
      ...options.provenance,
      ...describeProvider(options),
    },
    preprocess: (images, to) => preprocess(images, preprocessing, size, to),
    view: (picture) => viewOf(picture, preprocessing),
    shuffled: (seed) => shuffledWeights(model, seed, options.open),
    ...networkMemory({
      weights: weightBytes(own),
      inside: (hook) =>
        numbersInBlock(
          { ...layout, gated: layout.gated || layout.gate !== undefined },
          tokens,
          hook,
        ),
      size,
      hooks,
    }),
  });
}

function inputOf({ height, width }: Prepared["size"]): Port {
  return { name: towerInput, dims: ["images", 3, height, width] };
}

function towerHooks(sizes: TowerLayout, grid: Grid): Hook[] {
  const { dModel: width, specials } = sizes;
  const layout = { specials, grid: [grid[0], grid[1]] } as const;
  return [
    { name: "embed", width, layout },
    ...blockHooks(sizes, layout),
    { name: "final_norm", width, layout },
  ];
}

function addTower(
  build: Builder,
  { layout, embed }: TowerOptions,
  grid: Grid,
  attention: AttentionKind,
): void {
  const tokens = layout.specials + grid[0] * grid[1];
  const blocks: BlockLayout = {
    ...layout,
    tokens,
    attention,
    ...embed(build, grid),
  };
  let x = "embed";
  for (let i = 0; i < layout.layers; i++) x = block(build, blocks, x, i);
  layerNorm(build, layout, x, layout.finalNorm, "final_norm");
}
