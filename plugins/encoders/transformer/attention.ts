/**
 * Multi-head attention as operations of a graph.
 *
 * @module
 */
import type { Provider } from "../network/provider_option.ts";
import type { OnnxGraph } from "../network/onnx_graph.ts";

/**
 * How attention is computed: `"fused"`, by one operation, or `"by-hand"`, by
 * matrix products and a softmax. In a model that reads or is given the scores
 * or probabilities of a block, that block is always computed by hand.
 */
export type AttentionKind = "fused" | "by-hand";

/**
 * How attention is computed on a provider: the fused operation is faster, but
 * wrong on some devices (microsoft/onnxruntime#26715).
 */
export function attentionOn(provider: Provider | undefined): AttentionKind {
  return (provider ?? "cpu") === "cpu" ? "fused" : "by-hand";
}

/** The sizes of attention. */
export interface AttentionLayout {
  /** Tokens of a picture. */
  readonly tokens: number;
  /** Length of a token. */
  readonly dModel: number;
  /** Heads; they share `dModel` evenly. */
  readonly heads: number;
  /** How it is computed; `"fused"` when absent. */
  readonly attention?: AttentionKind;
}

/**
 * Adds `{to}.z`, `[images, tokens, dModel]`, from `q`, `k` and `v` of the same
 * shape: softmax(q kᵀ / √width) v for each head (arXiv:1706.03762). On the way,
 * adds `{to}.scores` and `{to}.probs`, `[images, tokens, heads · tokens]`.
 */
export function attend(
  graph: OnnxGraph,
  of: AttentionLayout,
  [q, k, v]: readonly [q: string, k: string, v: string],
  to: string,
): string {
  const { tokens, dModel, heads, attention = "fused" } = of;
  const width = dModel / heads, z = { output: `${to}.z` };
  if (attention === "fused") {
    graph.node("MultiHeadAttention", [q, k, v], {
      attributes: { num_heads: heads },
      domain: "com.microsoft",
      ...z,
    });
  }
  const split = (x: string, perm: readonly number[]): string => {
    const shape = graph.integers([0, tokens, heads, width]);
    return transpose(graph, graph.node("Reshape", [x, shape]), perm);
  };
  const products = graph.node("MatMul", [
    split(q, [0, 2, 1, 3]),
    split(k, [0, 2, 3, 1]),
  ]);
  const scaled = graph.node("Mul", [products, graph.floats([width ** -0.5])]);
  const scores = show(graph, of, scaled, `${to}.scores`);
  const softmax = graph.node("Softmax", [scores], { attributes: { axis: -1 } });
  const probs = show(graph, of, softmax, `${to}.probs`);
  const mixed = graph.node("MatMul", [probs, split(v, [0, 2, 1, 3])]);
  const rows = transpose(graph, mixed, [0, 2, 1, 3]);
  const showing = [`${to}.scores`, `${to}.probs`];
  return graph.node("Reshape", [rows, graph.integers([0, tokens, dModel])], {
    ...z,
    ...(attention === "fused" ? { showing } : {}),
  });
}

function transpose(
  graph: OnnxGraph,
  x: string,
  perm: readonly number[],
): string {
  return graph.node("Transpose", [x], { attributes: { perm } });
}

/**
 * Shows `[images, heads, tokens, tokens]` under the name of its hook with the
 * heads side by side: `[images, tokens, heads · tokens]`. A model that is given
 * the hook goes on from there. Returns the value.
 */
function show(
  graph: OnnxGraph,
  { heads, tokens }: AttentionLayout,
  value: string,
  hook: string,
): string {
  const perm = [0, 2, 1, 3];
  const flat = graph.integers([0, tokens, heads * tokens]);
  graph.node("Reshape", [transpose(graph, value, perm), flat], {
    output: hook,
  });
  const split = graph.integers([0, tokens, heads, tokens]);
  return graph.node("Transpose", [graph.node("Reshape", [hook, split])], {
    attributes: { perm },
    output: value,
    when: hook,
  });
}
