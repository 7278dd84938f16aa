/**
 * The patch tokens as a map.
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";

/** Drops CLS from `tokens` and arranges the `rows · columns` patches as a map, `[images, dModel, rows, columns]`. */
export function patchMap(
  graph: OnnxGraph,
  tokens: string,
  dModel: number,
  [rows, columns]: readonly [rows: number, columns: number],
): string {
  const patches = graph.node("Slice", [
    tokens,
    graph.integers([1]),
    graph.integers([1 + rows * columns]),
    graph.integers([1]),
  ]);
  return graph.node("Reshape", [
    graph.node("Transpose", [patches], { attributes: { perm: [0, 2, 1] } }),
    graph.integers([0, dModel, rows, columns]),
  ]);
}
