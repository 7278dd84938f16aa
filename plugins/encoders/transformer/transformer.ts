/**
 * The parts that every vision transformer here is built of: weights in, values
 * of a graph under the names of their hooks out.
 *
 * @module
 */
import { attend, type AttentionLayout } from "./attention.ts";
import type { OnnxGraph } from "../network/onnx_graph.ts";

/** Adds the weight with this name and shape to the graph and returns its name there. */
export type AddWeight = (
  graph: OnnxGraph,
  name: string,
  shape: readonly number[],
) => string;

/** What the parts of a network are built with. */
export interface Builder {
  /** What they are added to. */
  readonly graph: OnnxGraph;
  /** Adds a weight where it is not there yet and returns its name in the graph. */
  weight(name: string, ...shape: number[]): string;
}

/** A builder that takes each weight once, however often it is used. */
export function builder(graph: OnnxGraph, addWeight: AddWeight): Builder {
  const taken = new Map<string, string>();
  return {
    graph,
    weight(name, ...shape) {
      const known = taken.get(name) ?? addWeight(graph, name, shape);
      taken.set(name, known);
      return known;
    },
  };
}

/** The same builder for weights whose names begin with `prefix`. */
export function under(build: Builder, prefix: string): Builder {
  return {
    graph: build.graph,
    weight: (name, ...shape) => build.weight(prefix + name, ...shape),
  };
}

/** How pictures become tokens. */
export interface Embedding {
  /** Name of the pictures in the graph. */
  readonly input: string;
  /** Length of a token. */
  readonly dModel: number;
  /** Side of a patch in pixels. */
  readonly patch: number;
  /** Patches of a picture. */
  readonly patches: number;
  /** Tokens before the patches, by the checkpoint's names: `["cls_token"]`. */
  readonly specials: readonly string[];
  /** Name of what is added to them: `[1, specials + patches, dModel]`. */
  readonly positions: string;
}

/** Pixels → tokens with their positions, `embed`: `[images, tokens, dModel]`. */
export function embed({ graph, weight }: Builder, of: Embedding): string {
  const { dModel, patch, patches, specials } = of;
  const projection = "embeddings.patch_embeddings.projection";
  const map = graph.node("Conv", [
    of.input,
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
    of.positions,
    graph.node("Pad", [first, graph.integers([0, 0, 0, 0, patches, 0])]),
  ]);
  return graph.node("Add", [padded, places], { output: "embed" });
}

/** The sizes of a block, and its tensors by the checkpoint's names. */
export interface BlockLayout extends AttentionLayout {
  /** Length of a token inside the MLP. */
  readonly dMlp: number;
  /** Added to the variance in a layer normalisation. */
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias. */
  readonly qkvBias: boolean;
  /** The normalisations before attention and MLP. */
  readonly norms: readonly [attention: string, mlp: string];
  /** The MLP's two layers. */
  readonly mlp: readonly [first: string, second: string];
  /** Whether the MLP is gated (SwiGLU, arXiv:2002.05202) instead of a GELU. */
  readonly gated?: boolean;
  /** What the branches are multiplied by before they are added (LayerScale, arXiv:2103.17239). */
  readonly scales?: readonly [attention: string, mlp: string];
}

/**
 * Block `i`, whose norms come first: `x` and what is returned are
 * `[images, tokens, dModel]`. `attn_out` and `mlp_out` are what is added to the
 * residual stream, after LayerScale where there is one.
 */
export function block(
  build: Builder,
  of: BlockLayout,
  x: string,
  i: number,
): string {
  const { graph } = build, to = `blocks.${i}`;
  const inside = under(build, `encoder.layer.${i}.`);
  const n1 = layerNorm(inside, of, x, of.norms[0], `${to}.ln1`);
  const attention = branch(
    inside,
    of,
    attend(graph, of, projections(inside, of, n1, to), to),
    ["attention.output.dense", of.scales?.[0]],
    `${to}.attn_out`,
  );
  const mid = graph.node("Add", [x, attention], { output: `${to}.resid_mid` });
  const n2 = layerNorm(inside, of, mid, of.norms[1], `${to}.ln2`);
  const act = (of.gated ? gate : gelu)(inside, of, n2, `${to}.mlp_act`);
  const mlp = branch(
    inside,
    of,
    act,
    [of.mlp[1], of.scales?.[1]],
    `${to}.mlp_out`,
  );
  return graph.node("Add", [mid, mlp], { output: `${to}.resid_post` });
}

/** Queries, keys and values of `x`. */
function projections(
  build: Builder,
  of: BlockLayout,
  x: string,
  to: string,
): [q: string, k: string, v: string] {
  const { dModel, qkvBias: bias } = of;
  const part = (name: string, letter: string): string =>
    linear(build, of, x, `attention.attention.${name}`, [dModel, dModel], {
      bias,
      output: `${to}.${letter}`,
    });
  return [part("query", "q"), part("key", "k"), part("value", "v")];
}

/** The last layer of a branch, scaled where the network has LayerScale. */
function branch(
  build: Builder,
  of: BlockLayout,
  x: string,
  [name, scale]: readonly [string, string | undefined],
  output: string,
): string {
  const from = name === of.mlp[1] ? of.dMlp : of.dModel;
  const shape = [from, of.dModel] as const;
  if (scale === undefined) {
    return linear(build, of, x, name, shape, { output });
  }
  return build.graph.node("Mul", [
    linear(build, of, x, name, shape),
    build.weight(scale, of.dModel),
  ], { output });
}

/** `gelu(W x + b)`. */
function gelu(
  build: Builder,
  of: BlockLayout,
  x: string,
  output: string,
): string {
  const wide = linear(build, of, x, of.mlp[0], [of.dModel, of.dMlp]);
  return build.graph.node("Gelu", [wide], { output });
}

/** `silu(a) · b`, where `W x + b` is `a` beside `b`. */
function gate(
  build: Builder,
  of: BlockLayout,
  x: string,
  output: string,
): string {
  const { graph } = build, { dModel, dMlp } = of;
  const both = linear(build, of, x, of.mlp[0], [dModel, 2 * dMlp]);
  const half = (start: number): string =>
    graph.node("Slice", [
      both,
      graph.integers([start]),
      graph.integers([start + dMlp]),
      graph.integers([2]),
    ]);
  const a = half(0);
  const silu = graph.node("Mul", [a, graph.node("Sigmoid", [a])]);
  return graph.node("Mul", [silu, half(dMlp)], { output });
}

/** `x · Wᵀ + b` for `x` `[images, tokens, from]`, with torch's `W` `[to, from]`. */
function linear(
  { graph, weight }: Builder,
  { tokens }: BlockLayout,
  x: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
  { bias = true, output }: { bias?: boolean; output?: string } = {},
): string {
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

/** Each token of `x` normalised. */
export function layerNorm(
  { graph, weight }: Builder,
  { dModel, epsilon }: Pick<BlockLayout, "dModel" | "epsilon">,
  x: string,
  name: string,
  output: string,
): string {
  return graph.node("LayerNormalization", [
    x,
    weight(`${name}.weight`, dModel),
    weight(`${name}.bias`, dModel),
  ], { attributes: { axis: -1, epsilon: { float: epsilon } }, output });
}
