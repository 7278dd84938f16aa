/**
 * Finds the products of matrices in a graph.
 *
 * @module
 */
import type { GraphProto } from "onnx-buf";
import type { Value } from "../network/onnx_thread.ts";
import { hasOrigin } from "./origins.ts";

const products = new Set([
  "MatMul",
  "FusedMatMul",
  "Einsum",
  "Attention",
  "MultiHeadAttention",
]);

/** Operations on attention scores, number by number or along a row. */
const inPlace = new Set([
  "Add",
  "Cast",
  "Clip",
  "Div",
  "Dropout",
  "Identity",
  "Max",
  "Min",
  "Mul",
  "Softmax",
  "Sub",
  "Tanh",
  "Where",
]);

/**
 * Tells whether a value is a product of matrices, perhaps scaled, masked or
 * normalised. With four axes these are heads of attention, whose scores are
 * easily taken for square maps.
 */
export function isProductIn(
  graph: GraphProto,
  values: ReadonlyMap<string, Value>,
): (name: string) => boolean {
  return hasOrigin(graph, values, {
    starts: ({ opType }) => products.has(opType),
    passes: ({ opType }) => inPlace.has(opType),
  });
}
