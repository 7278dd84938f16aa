/**
 * A transformer block with its norms first, as every vision transformer here
 * has it. Values in the graph carry the names of their hooks.
 *
 * @module
 */
import { type Builder, under } from "../network/builder.ts";
import { activate, type Activation } from "./activation.ts";
import { attend, type AttentionLayout } from "./attention.ts";
import { layerNorm, linear } from "./layers.ts";
import { rotate, type Rotation } from "./rotary.ts";

/** The sizes of a block, and its tensors as the checkpoint names them. */
export interface BlockLayout extends AttentionLayout {
  /** Length of a token inside the MLP. */
  readonly dMlp: number;
  /** Added to the variance in a layer normalisation. */
  readonly epsilon: number;
  /** Whether queries, keys and values have a bias, all of them or each. */
  readonly qkvBias: boolean | readonly [q: boolean, k: boolean, v: boolean];
  /** What the names of block `i` begin with, `i` left out; `"encoder.layer."` when absent. */
  readonly blocks?: string;
  /** The layers of attention: BERT's names when absent. */
  readonly attentionNames?: AttentionNames;
  /** How positions come into attention, where they do. */
  readonly rotation?: Rotation;
  /** The normalisations before attention and MLP. */
  readonly norms: readonly [attention: string, mlp: string];
  /** The MLP's two layers. */
  readonly mlp: readonly [first: string, second: string];
  /** The layer beside the MLP's first that gates it, where that has its own tensors. */
  readonly gate?: string;
  /** Whether the MLP's first layer holds a gate and what it gates side by side (SwiGLU, arXiv:2002.05202). */
  readonly gated?: boolean;
  /** What bends the MLP, or its gate; `"gelu"`, of a gate `"silu"`, when absent. */
  readonly activation?: Activation;
  /** What each branch is multiplied by before it is added (LayerScale, arXiv:2103.17239). */
  readonly scales?: readonly [attention: string, mlp: string];
}

/** The layers of attention as a checkpoint names them. */
export type AttentionNames = readonly [
  q: string,
  k: string,
  v: string,
  out: string,
];

const bertNames: AttentionNames = [
  "attention.attention.query",
  "attention.attention.key",
  "attention.attention.value",
  "attention.output.dense",
];

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
  const { blocks = "encoder.layer.", attentionNames = bertNames } = of;
  const inside = under(build, `${blocks}${i}.`);
  const n1 = layerNorm(inside, of, x, of.norms[0], `${to}.ln1`);
  const attention = branch(
    inside,
    of,
    attend(graph, of, projections(inside, of, n1, to), to),
    [attentionNames[3], of.scales?.[0]],
    `${to}.attn_out`,
  );
  const mid = graph.node("Add", [x, attention], { output: `${to}.resid_mid` });
  const n2 = layerNorm(inside, of, mid, of.norms[1], `${to}.ln2`);
  const act = mlpAct(inside, of, n2, `${to}.mlp_act`);
  const mlp = branch(
    inside,
    of,
    act,
    [of.mlp[1], of.scales?.[1]],
    `${to}.mlp_out`,
  );
  return graph.node("Add", [mid, mlp], { output: `${to}.resid_post` });
}

/** Queries, keys and values of `x`, as attention takes them; their hooks are before any rotation. */
function projections(
  build: Builder,
  of: BlockLayout,
  x: string,
  to: string,
): [q: string, k: string, v: string] {
  const { dModel, qkvBias, attentionNames = bertNames, rotation } = of;
  const part = (i: 0 | 1 | 2): string =>
    linear(build, of, x, attentionNames[i], [dModel, dModel], {
      bias: typeof qkvBias === "boolean" ? qkvBias : qkvBias[i],
      output: `${to}.${"qkv"[i]}`,
    });
  const turned = (x: string): string =>
    rotation ? rotate(build.graph, of, x, rotation) : x;
  return [turned(part(0)), turned(part(1)), part(2)];
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

/** What the MLP's last layer takes. */
function mlpAct(
  build: Builder,
  of: BlockLayout,
  x: string,
  output: string,
): string {
  const { graph } = build, { dModel, dMlp, mlp: [first], gate, gated } = of;
  if (gated) return halvesAct(build, of, x, output);
  const up = linear(build, of, x, first, [dModel, dMlp]);
  if (gate === undefined) {
    return activate(graph, of.activation ?? "gelu", up, { output });
  }
  const side = linear(build, of, x, gate, [dModel, dMlp]);
  const open = activate(graph, of.activation ?? "silu", side);
  return graph.node("Mul", [open, up], { output });
}

/** `act(a) · c`, where `a` and `c` are the two halves of `W x + b`. */
function halvesAct(
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
  const open = activate(graph, of.activation ?? "silu", half(0));
  return graph.node("Mul", [open, half(dMlp)], { output });
}
