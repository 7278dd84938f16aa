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
 * Both are bicubic with a = −0.75 and no antialiasing, unless `antialias` says
 * otherwise: as Hugging Face's code has it for DINOv2 with registers.
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
  /** Special tokens after those that have no position, such as registers: none when absent. */
  readonly unplaced?: number;
  /** Whether the resizing is antialiased, with a = −0.5 as Pillow's; not when absent. */
  readonly antialias?: boolean;
}

/**
 * Position embeddings for another grid,
 * `[1, specials + unplaced + rows · columns, dModel]`. Those of special tokens
 * stay as they are; zeros stand for those that have none.
 */
export function positions(graph: OnnxGraph, of: Positions): string {
  const { learned, grid: [rows, columns], all } = of;
  const { specials = 1, unplaced = 0 } = of, count = specials + learned ** 2;
  const isLearned = rows === learned && columns === learned;
  if (isLearned && unplaced === 0) return all;
  const slice = (from: number, to: number): string =>
    graph.node("Slice", [
      all,
      graph.integers([from]),
      graph.integers([to]),
      graph.integers([1]),
    ]);
  const stored = slice(specials, count);
  const patches = isLearned ? stored : resized(graph, of, stored);
  if (specials + unplaced === 0) return patches;
  const first = unplaced === 0 ? slice(0, specials) : graph.node("Pad", [
    slice(0, specials),
    graph.integers([0, 0, 0, 0, unplaced, 0]),
  ]);
  return graph.node("Concat", [first, patches], { attributes: { axis: 1 } });
}

/** `[1, learned², dModel]` → `[1, rows · columns, dModel]` */
function resized(
  graph: OnnxGraph,
  { dModel, learned, grid: [rows, columns], variant, antialias }: Positions,
  stored: string,
): string {
  const map = graph.node("Transpose", [
    graph.node("Reshape", [
      stored,
      graph.integers([1, learned, learned, dModel]),
    ]),
  ], { attributes: { perm: [0, 3, 1, 2] } });
  // Given scale factors, onnxruntime computes coordinates from them.
  const factors = [1, 1, (rows + 0.1) / learned, (columns + 0.1) / learned];
  const larger = graph.node("Resize", [
    map,
    "",
    ...(variant === "hf"
      ? ["", graph.integers([1, dModel, rows, columns])]
      : [graph.floats(factors)]),
  ], {
    attributes: {
      mode: "cubic",
      coordinate_transformation_mode: "half_pixel",
      ...(antialias
        ? { antialias: 1, cubic_coeff_a: { float: -0.5 }, exclude_outside: 1 }
        : { cubic_coeff_a: { float: -0.75 } }),
    },
  });
  return graph.node("Transpose", [
    graph.node("Reshape", [
      larger,
      graph.integers([1, dModel, rows * columns]),
    ]),
  ], { attributes: { perm: [0, 2, 1] } });
}
