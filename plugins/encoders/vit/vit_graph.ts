/**
 * A checkpoint's sizes and weights in, the graph of its vision transformer out,
 * with every place that can be read under the name of its hook.
 *
 * @module
 */
import type { Hook } from "../../../core/encoder.ts";
import { type OnnxGraph, onnxGraph, type Port } from "./onnx_graph.ts";

/** The sizes of a vision transformer (arXiv:2010.11929). */
export interface VitSizes {
  /** Number of blocks. */
  readonly layers: number;
  /** Length of a token. */
  readonly dModel: number;
  /** Attention heads; they share `dModel` evenly. */
  readonly heads: number;
  /** Length of a token inside the MLP. */
  readonly dMlp: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Side of the picture in pixels. */
  readonly image: number;
  /** Tokens before the patches, by the checkpoint's names: `["cls_token"]`. */
  readonly specials: readonly string[];
  /** Added to the variance in a layer normalisation. */
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias. */
  readonly qkvBias: boolean;
}

/** Adds the weight with this name and shape to the graph and returns its name there. */
export type AddWeight = (
  graph: OnnxGraph,
  name: string,
  shape: readonly number[],
) => string;

/** The pictures that go into the graph: `[images, 3, image, image]`. */
export function vitInput({ image }: VitSizes): Port {
  return { name: "pixel_values", dims: ["images", 3, image, image] };
}

/** Where the network can be read, in network order. */
export function vitHooks(sizes: VitSizes): Hook[] {
  const { layers, dModel, dMlp, specials } = sizes;
  const side = sizes.image / sizes.patch;
  const layout = { specials: specials.length, grid: [side, side] } as const;
  const hook = (name: string, width = dModel): Hook => ({
    name,
    width,
    layout,
  });
  const blocks = Array.from({ length: layers }, (_, i) => [
    hook(`blocks.${i}.attn_out`),
    hook(`blocks.${i}.resid_mid`),
    hook(`blocks.${i}.mlp_act`, dMlp),
    hook(`blocks.${i}.mlp_out`),
    hook(`blocks.${i}.resid_post`),
  ]);
  return [hook("embed"), ...blocks.flat(), hook("final_norm")];
}

/**
 * The whole network. Values are named as {@linkcode vitHooks} names them and
 * weights as Hugging Face's ViT names them.
 */
export function vitGraph(sizes: VitSizes, addWeight: AddWeight): OnnxGraph {
  const graph = onnxGraph();
  const { layers, dModel } = sizes;
  const build: Builder = {
    graph,
    sizes,
    weight: (name, ...shape) => addWeight(graph, name, shape),
  };
  let x = embed(build);
  for (let i = 0; i < layers; i++) x = block(build, x, i);
  layerNorm(build, x, "layernorm", dModel, "final_norm");
  return graph;
}

/** What the parts of the network are built with. */
interface Builder {
  readonly graph: OnnxGraph;
  readonly sizes: VitSizes;
  weight(name: string, ...shape: number[]): string;
}

/** Pixels → tokens with their positions: `[images, tokens, dModel]`. */
function embed({ graph, sizes, weight }: Builder): string {
  const { dModel, image, patch, specials } = sizes;
  const patches = (image / patch) ** 2, tokens = patches + specials.length;
  const projection = "embeddings.patch_embeddings.projection";
  const map = graph.node("Conv", [
    vitInput(sizes).name,
    weight(`${projection}.weight`, dModel, 3, patch, patch),
    weight(`${projection}.bias`, dModel),
  ], { attributes: { kernel_shape: [patch, patch], strides: [patch, patch] } });
  const rows = graph.node("Transpose", [
    graph.node("Reshape", [map, graph.integers([0, dModel, patches])]),
  ], { attributes: { perm: [0, 2, 1] } });
  // Zeros in the specials' places, to which their constants are added with the
  // positions: no shape is computed from the number of images.
  const padded = graph.node("Pad", [
    rows,
    graph.integers([0, specials.length, 0, 0, 0, 0]),
  ]);
  const first = graph.node(
    "Concat",
    specials.map((name) => weight(`embeddings.${name}`, 1, 1, dModel)),
    { attributes: { axis: 1 } },
  );
  const places = graph.node("Add", [
    weight("embeddings.position_embeddings", 1, tokens, dModel),
    graph.node("Pad", [first, graph.integers([0, 0, 0, 0, patches, 0])]),
  ]);
  return graph.node("Add", [padded, places], { output: "embed" });
}

/** One pre-norm block. */
function block(build: Builder, x: string, i: number): string {
  const { graph, sizes: { dModel, dMlp, heads, qkvBias } } = build;
  const from = `encoder.layer.${i}`, to = `blocks.${i}`;
  const n1 = layerNorm(build, x, `${from}.layernorm_before`, dModel);
  const [q, k, v] = ["query", "key", "value"].map((part) =>
    linear(build, n1, `${from}.attention.attention.${part}`, dModel, dModel, {
      bias: qkvBias,
    })
  ) as [string, string, string];
  const z = graph.node("MultiHeadAttention", [q, k, v], {
    attributes: { num_heads: heads },
    domain: "com.microsoft",
  });
  const attention = linear(
    build,
    z,
    `${from}.attention.output.dense`,
    dModel,
    dModel,
    { output: `${to}.attn_out` },
  );
  const mid = graph.node("Add", [x, attention], { output: `${to}.resid_mid` });
  const n2 = layerNorm(build, mid, `${from}.layernorm_after`, dModel);
  const pre = linear(build, n2, `${from}.intermediate.dense`, dModel, dMlp);
  const act = graph.node("Gelu", [pre], { output: `${to}.mlp_act` });
  const mlp = linear(build, act, `${from}.output.dense`, dMlp, dModel, {
    output: `${to}.mlp_out`,
  });
  return graph.node("Add", [mid, mlp], { output: `${to}.resid_post` });
}

/** `x · Wᵀ + b` for `x` `[images, tokens, from]`, with torch's `W` `[to, from]`. */
function linear(
  { graph, sizes, weight }: Builder,
  x: string,
  name: string,
  from: number,
  to: number,
  { bias = true, output }: { bias?: boolean; output?: string } = {},
): string {
  const tokens = (sizes.image / sizes.patch) ** 2 + sizes.specials.length;
  const rows = graph.node("Reshape", [x, graph.integers([-1, from])]);
  const product = graph.node("Gemm", [
    rows,
    weight(`${name}.weight`, to, from),
    ...(bias ? [weight(`${name}.bias`, to)] : []),
  ], { attributes: { transB: 1 } });
  return graph.node(
    "Reshape",
    [product, graph.integers([-1, tokens, to])],
    output === undefined ? {} : { output },
  );
}

function layerNorm(
  { graph, sizes, weight }: Builder,
  x: string,
  name: string,
  width: number,
  output?: string,
): string {
  return graph.node("LayerNormalization", [
    x,
    weight(`${name}.weight`, width),
    weight(`${name}.bias`, width),
  ], {
    attributes: { axis: -1, epsilon: { float: sizes.epsilon } },
    ...(output === undefined ? {} : { output }),
  });
}
