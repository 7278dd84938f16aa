/**
 * A graph in, which of its values are products of matrices out.
 *
 * @module
 */
import type { GraphProto, NodeProto } from "onnx-buf";
import type { Value } from "../vit/onnx_thread.ts";

const products = new Set([
  "MatMul",
  "FusedMatMul",
  "Einsum",
  "Attention",
  "MultiHeadAttention",
]);

/** What is done to attention scores, number by number, or along a row. */
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
 * Tells whether a value is a product of matrices, or such a product scaled,
 * masked or normalised: with four axes these are heads of attention, whose
 * scores are easily taken for square maps.
 */
export function isProductIn(
  { node }: GraphProto,
  values: ReadonlyMap<string, Value>,
): (name: string) => boolean {
  const makers = new Map<string, NodeProto>(
    node.flatMap((each) => each.output.map((name) => [name, each])),
  );
  const shape = (name: string): string => `${values.get(name)?.shape}`;
  const known = new Map<string, boolean>();
  const isProduct = (name: string): boolean => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const maker = makers.get(name);
    const found = maker !== undefined && (products.has(maker.opType) ||
      inPlace.has(maker.opType) &&
        maker.input.some((input) =>
          shape(input) === shape(name) && isProduct(input)
        ));
    known.set(name, found);
    return found;
  };
  return isProduct;
}
