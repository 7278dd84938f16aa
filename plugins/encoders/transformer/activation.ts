/**
 * The functions that bend a network's MLPs, as operations of its graph.
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";

/**
 * What bends an MLP, in Hugging Face's words: `"gelu"`, exact;
 * `"gelu_pytorch_tanh"`, its approximation by tanh (arXiv:1606.08415);
 * `"quick_gelu"`, `x · σ(1.702 x)`; `"silu"`, `x · σ(x)`.
 */
export type Activation = "gelu" | "gelu_pytorch_tanh" | "quick_gelu" | "silu";

/** Every {@linkcode Activation}. */
export const activations = [
  "gelu",
  "gelu_pytorch_tanh",
  "quick_gelu",
  "silu",
] as const satisfies readonly Activation[];

/** Adds `kind` of each number of `x`. */
export function activate(
  graph: OnnxGraph,
  kind: Activation,
  x: string,
  options: { readonly output?: string } = {},
): string {
  if (kind === "gelu") return graph.node("Gelu", [x], options);
  if (kind === "gelu_pytorch_tanh") {
    return graph.node("Gelu", [x], {
      attributes: { approximate: "tanh" },
      ...options,
    });
  }
  const inside = kind === "silu"
    ? x
    : graph.node("Mul", [x, graph.floats([1.702])]);
  return graph.node("Mul", [x, graph.node("Sigmoid", [inside])], options);
}
