/**
 * The graph of a DINOv2, its values named as its hooks are.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import type { AttentionKind } from "../transformer/attention.ts";
import { blockHooks, type BlockSizes } from "../transformer/block_hooks.ts";
import { type OnnxGraph, onnxGraph, type Port } from "../network/onnx_graph.ts";
import type { Size } from "../pictures/preprocess.ts";
import { type AddWeight, type Builder, builder } from "../network/builder.ts";
import { block, type BlockLayout } from "../transformer/block.ts";
import { embed, type Special } from "../transformer/embed.ts";
import { layerNorm } from "../transformer/layers.ts";
import { positions, type PositionVariant } from "../transformer/positions.ts";

/** The sizes of a DINOv2 (arXiv:2304.07193). */
export interface Dinov2Sizes extends BlockSizes {
  /** Whether the MLP is gated (SwiGLU), as in the giant one. */
  readonly gated: boolean;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Patches on a side of the square that the position embeddings were learned for. */
  readonly learned: number;
  /** Register tokens after CLS (arXiv:2309.16588). */
  readonly registers: number;
  /** Added to the variance in a layer normalisation. */
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias. */
  readonly qkvBias: boolean;
}

/** How the network is built. */
export interface NetworkOptions {
  /** Size of the pictures in pixels, in whole patches. */
  readonly size: Size;
  /** How position embeddings are resized. */
  readonly positions: PositionVariant;
  /** How attention is computed; `"fused"` when absent. */
  readonly attention?: AttentionKind;
}

/** Patch rows and columns of pictures of this size. */
export function gridOf(
  { width, height }: Size,
  { patch }: Pick<Dinov2Sizes, "patch">,
): [rows: number, columns: number] {
  return [height / patch, width / patch];
}

/** The pictures that go into the graph: `[images, 3, height, width]`. */
export function pixels({ width, height }: Size): Port {
  return { name: "pixel_values", dims: ["images", 3, height, width] };
}

/** The hooks of the embedding and the blocks, in network order. */
export function backboneHooks(sizes: Dinov2Sizes, size: Size): Hook[] {
  const specials = 1 + sizes.registers;
  const layout = { specials, grid: gridOf(size, sizes) } as const;
  const embedding = { name: "embed", width: sizes.dModel, layout };
  return [embedding, ...blockHooks(sizes, layout)];
}

/** The hooks of a DINOv2, in network order. */
export function dinov2Hooks(sizes: Dinov2Sizes, size: Size): Hook[] {
  const hooks = backboneHooks(sizes, size);
  return [...hooks, { ...hooks[0]!, name: "final_norm" }];
}

/** The whole network. Values have the names of {@linkcode dinov2Hooks}. */
export function dinov2Graph(
  sizes: Dinov2Sizes,
  options: NetworkOptions,
  addWeight: AddWeight,
): OnnxGraph {
  const build = builder(onnxGraph(), addWeight);
  const states = backbone(build, sizes, options);
  layerNorm(build, sizes, states.at(-1)!, "layernorm", "final_norm");
  return build.graph;
}

/**
 * Adds the embedding and the blocks. Returns the residual stream after the
 * embedding and after each block (Hugging Face's `stem`, `stage1`, `stage2` …),
 * each `[images, 1 + registers + patches, dModel]`.
 */
export function backbone(
  build: Builder,
  sizes: Dinov2Sizes,
  { size, positions: variant, attention }: NetworkOptions,
): string[] {
  const grid = gridOf(size, sizes), patches = grid[0] * grid[1];
  const layout: BlockLayout = {
    ...sizes,
    tokens: 1 + sizes.registers + patches,
    norms: ["norm1", "norm2"],
    mlp: sizes.gated
      ? ["mlp.weights_in", "mlp.weights_out"]
      : ["mlp.fc1", "mlp.fc2"],
    scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"],
    ...attention && { attention },
  };
  const states = [embed(build, {
    ...sizes,
    input: pixels(size).name,
    patches,
    specials: specialsOf(sizes),
    positions: positions(build.graph, {
      ...sizes,
      grid,
      variant,
      unplaced: sizes.registers,
      antialias: sizes.registers > 0 && variant === "hf",
      all: build.weight(
        "embeddings.position_embeddings",
        1,
        1 + sizes.learned ** 2,
        sizes.dModel,
      ),
    }),
  })];
  for (let i = 0; i < sizes.layers; i++) {
    states.push(block(build, layout, states[i]!, i));
  }
  return states;
}

function specialsOf({ registers, dModel }: Dinov2Sizes): Special[] {
  const cls = { name: "embeddings.cls_token" };
  if (registers === 0) return [cls];
  const shape = [1, registers, dModel];
  return [cls, { name: "embeddings.register_tokens", shape }];
}
