/**
 * Finds the maps of a graph that have no axis of channels.
 *
 * @module
 */
import type { GraphProto } from "onnx-buf";
import type { Value } from "../network/onnx_thread.ts";
import { isProductIn } from "./is_product.ts";
import { hasOrigin } from "./origins.ts";

/**
 * Tells whether a value `[images, rows, columns]` is computed from
 * `[images, channels, rows, columns]`, or number by number from such a value.
 * Otherwise a depth map of 256 × 256 pixels could be 16 × 16 tokens of width 256.
 */
export function isFlatMapIn(
  graph: GraphProto,
  values: ReadonlyMap<string, Value>,
): (name: string) => boolean {
  const isProduct = isProductIn(graph, values);
  const shape = (name: string) => values.get(name)?.shape ?? [];
  return hasOrigin(graph, values, {
    starts: ({ input }, name) =>
      shape(name).length === 3 &&
      input.some((map) =>
        shape(map).length === 4 && !isProduct(map) &&
        shape(map).toSpliced(1, 1).join() === shape(name).join()
      ),
    passes: () => true,
  });
}
