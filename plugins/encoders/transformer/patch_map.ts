/**
 * Tokens in, the map of their patches out.
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";

/** `tokens`, CLS and then `rows · columns` patches, without CLS as a map: `[images, dModel, rows, columns]`. */
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
