/**
 * Position embeddings, resized from the grid that they were learned for.
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";

/**
 * How position embeddings are resized to a grid that is not the learned one:
 *
 * - `"hf"`: to the new grid exactly, as Hugging Face's code does since
 *   transformers 4.46;
 * - `"offset0.1"`: by the factor for a tenth of a patch more, as the original
 *   code of DINOv2 and Depth Anything does. The grid is the same, but its values
 *   differ.
 *
 * Both are bicubic with a = −0.75 and no antialiasing.
 */
export type PositionVariant = "hf" | "offset0.1";

/** Options for {@linkcode positions}. */
export interface Positions {
  /** Length of a token. */
  readonly dModel: number;
  /** Patches on a side of the square that the embeddings were learned for. */
  readonly learned: number;
  /** Patch rows and columns of the new grid. */
  readonly grid: readonly [rows: number, columns: number];
  /** How they are resized. */
  readonly variant: PositionVariant;
  /** Name of them in the graph, `[1, specials + learned², dModel]`. */
  readonly all: string;
  /** How many of them are not of patches, and come first: 1 when absent. */
  readonly specials?: number;
}

/**
 * Position embeddings for another grid, `[1, specials + rows · columns, dModel]`.
 * Those of special tokens stay as they are.
 */
export function positions(graph: OnnxGraph, of: Positions): string {
  const { dModel, learned, grid: [rows, columns], variant, all } = of;
  const { specials = 1 } = of, count = specials + learned ** 2;
  if (rows === learned && columns === learned) return all;
  const slice = (from: number, to: number): string =>
    graph.node("Slice", [
      all,
      graph.integers([from]),
      graph.integers([to]),
      graph.integers([1]),
    ]);
  const map = graph.node("Transpose", [
    graph.node("Reshape", [
      slice(specials, count),
      graph.integers([1, learned, learned, dModel]),
    ]),
  ], { attributes: { perm: [0, 3, 1, 2] } });
  // Given scale factors, onnxruntime computes coordinates from them.
  const factors = [1, 1, (rows + 0.1) / learned, (columns + 0.1) / learned];
  const resized = graph.node("Resize", [
    map,
    "",
    ...(variant === "hf"
      ? ["", graph.integers([1, dModel, rows, columns])]
      : [graph.floats(factors)]),
  ], {
    attributes: {
      mode: "cubic",
      coordinate_transformation_mode: "half_pixel",
      cubic_coeff_a: { float: -0.75 },
    },
  });
  const patches = graph.node("Transpose", [
    graph.node("Reshape", [
      resized,
      graph.integers([1, dModel, rows * columns]),
    ]),
  ], { attributes: { perm: [0, 2, 1] } });
  if (specials === 0) return patches;
  return graph.node("Concat", [slice(0, specials), patches], {
    attributes: { axis: 1 },
  });
}
