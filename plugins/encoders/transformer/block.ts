/**
 * A transformer block with its norms first, as every vision transformer here
 * has it. Values in the graph carry the names of their hooks.
 *
 * @module
 */
import { type Builder, under } from "../network/builder.ts";
import { attend, type AttentionLayout } from "./attention.ts";
import { layerNorm, linear } from "./layers.ts";

/** The sizes of a block, and its tensors as the checkpoint names them. */
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
  /** Whether the MLP is gated (SwiGLU, arXiv:2002.05202) instead of using GELU. */
  readonly gated?: boolean;
  /** What each branch is multiplied by before it is added (LayerScale, arXiv:2103.17239). */
  readonly scales?: readonly [attention: string, mlp: string];
}

/**
 * Adds block `i`. `x` and the value returned are `[images, tokens, dModel]`;
 * `attn_out` and `mlp_out` are what is added to the residual stream, after
 * LayerScale where there is one.
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

/** `silu(a) · c`, where `a` and `c` are the two halves of `W x + b`. */
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
