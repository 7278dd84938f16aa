/**
 * The graph of a ViT or DeiT, its values named as its hooks are.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import type { Size } from "../pictures/preprocess.ts";
import type { AttentionKind } from "../transformer/attention.ts";
import { blockHooks, type BlockSizes } from "../transformer/block_hooks.ts";
import { type OnnxGraph, onnxGraph, type Port } from "../network/onnx_graph.ts";
import { type AddWeight, builder } from "../network/builder.ts";
import { block, type BlockLayout } from "../transformer/block.ts";
import { embed } from "../transformer/embed.ts";
import { layerNorm } from "../transformer/layers.ts";

/** The sizes of a vision transformer (arXiv:2010.11929). */
export interface VitSizes extends BlockSizes {
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Width and height of the picture in pixels. */
  readonly image: Size;
  /** Tokens before the patches, as the checkpoint names them: `["cls_token"]`. */
  readonly specials: readonly string[];
  /** Added to the variance in a layer normalisation. */
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias. */
  readonly qkvBias: boolean;
}

/** Patch rows and columns. */
export function vitGrid(
  { image: { height, width }, patch }: Pick<VitSizes, "image" | "patch">,
): [rows: number, columns: number] {
  return [height / patch, width / patch];
}

/** The pictures that go into the graph: `[images, 3, height, width]`. */
export function vitInput({ image }: VitSizes): Port {
  const { height, width } = image;
  return { name: "pixel_values", dims: ["images", 3, height, width] };
}

/** The network's hooks, in network order. */
export function vitHooks(sizes: VitSizes): Hook[] {
  const { dModel: width, specials } = sizes;
  const grid = vitGrid(sizes);
  const layout = { specials: specials.length, grid } as const;
  const hook = (name: string): Hook => ({ name, width, layout });
  return [hook("embed"), ...blockHooks(sizes, layout), hook("final_norm")];
}

/**
 * The whole network. Values have the names of {@linkcode vitHooks}, and weights
 * those that Hugging Face's ViT gives them.
 */
export function vitGraph(
  sizes: VitSizes,
  addWeight: AddWeight,
  attention: AttentionKind = "fused",
): OnnxGraph {
  const build = builder(onnxGraph(), addWeight);
  const { dModel, specials } = sizes;
  const [rows, columns] = vitGrid(sizes), patches = rows * columns;
  const tokens = patches + specials.length;
  const layout: BlockLayout = {
    ...sizes,
    tokens,
    attention,
    norms: ["layernorm_before", "layernorm_after"],
    mlp: ["intermediate.dense", "output.dense"],
  };
  let x = embed(build, {
    ...sizes,
    specials: specials.map((name) => ({ name: `embeddings.${name}` })),
    input: vitInput(sizes).name,
    patches,
    positions: build.weight(
      "embeddings.position_embeddings",
      1,
      tokens,
      dModel,
    ),
  });
  for (let i = 0; i < sizes.layers; i++) x = block(build, layout, x, i);
  layerNorm(build, sizes, x, "layernorm", "final_norm");
  return build.graph;
}
