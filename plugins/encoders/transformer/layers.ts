/**
 * Layers that act on each token alone: linear, and layer normalisation.
 *
 * @module
 */
import type { Builder } from "../network/builder.ts";

/**
 * `x · Wᵀ + b` for `x` of shape `[images, tokens, from]`; `W` is stored as
 * torch does, `[to, from]`.
 */
export function linear(
  { graph, weight }: Builder,
  { tokens }: { readonly tokens: number },
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

/** Normalises each token of `x`; `epsilon` is added to the variance. */
export function layerNorm(
  { graph, weight }: Builder,
  { dModel, epsilon }: { readonly dModel: number; readonly epsilon: number },
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
