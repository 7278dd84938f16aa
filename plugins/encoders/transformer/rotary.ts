/**
 * Rotary position embeddings: queries and keys turned by angles that their
 * patch's place decides (arXiv:2104.09864, in two dimensions as DINOv3 has it).
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";
import type { AttentionLayout } from "./attention.ts";

/** Cosines and sines in a graph: `[1, tokens, 1, dModel / heads]` each. */
export interface Rotation {
  /** Name of the cosines. */
  readonly cos: string;
  /** Name of the sines. */
  readonly sin: string;
}

/** What angles are made of. */
export interface Angles {
  /** Tokens before the patches: they are not turned. */
  readonly specials: number;
  /** Patch rows and columns. */
  readonly grid: readonly [rows: number, columns: number];
  /** Length of a token inside a head: a multiple of 4. */
  readonly width: number;
  /** The ratio of the longest period to the shortest (`rope_theta`). */
  readonly theta: number;
}

/**
 * The angle of each token and number of a head, `[specials + patches, width]`:
 * `2π · c / theta^(4 j / width)`, with `c` from −1 to 1 the place of the patch's
 * middle, its row for the first quarter and its column for the second, which
 * the other half repeats. Those of specials are 0.
 */
export function angles({ specials, grid, width, theta }: Angles): Float64Array {
  const [rows, columns] = grid, quarter = width / 4;
  const result = new Float64Array((specials + rows * columns) * width);
  for (let patch = 0; patch < rows * columns; patch++) {
    const y = 2 * (Math.floor(patch / columns) + 0.5) / rows - 1;
    const x = 2 * (patch % columns + 0.5) / columns - 1;
    const at = (specials + patch) * width;
    for (let i = 0; i < width; i++) {
      const place = i % (2 * quarter) < quarter ? y : x;
      const frequency = theta ** (-4 * (i % quarter) / width);
      result[at + i] = 2 * Math.PI * place * frequency;
    }
  }
  return result;
}

/** Adds the cosines and sines of angles to a graph. */
export function rotation(graph: OnnxGraph, of: Angles): Rotation {
  const turned = angles(of);
  const shape = graph.integers([1, turned.length / of.width, 1, of.width]);
  const constant = (values: Float64Array): string =>
    graph.node("Reshape", [graph.floats([...values]), shape]);
  return {
    cos: constant(turned.map(Math.cos)),
    sin: constant(turned.map(Math.sin)),
  };
}

/** Turns `x`, `[images, tokens, dModel]`: `x · cos + (−b, a) · sin` for the halves `a` and `b` of each head. */
export function rotate(
  graph: OnnxGraph,
  { tokens, dModel, heads }: AttentionLayout,
  x: string,
  { cos, sin }: Rotation,
): string {
  const width = dModel / heads;
  const split = graph.node("Reshape", [
    x,
    graph.integers([0, tokens, heads, width]),
  ]);
  const half = (start: number): string =>
    graph.node("Slice", [
      split,
      graph.integers([start]),
      graph.integers([start + width / 2]),
      graph.integers([3]),
    ]);
  const crossed = graph.node("Concat", [
    graph.node("Neg", [half(width / 2)]),
    half(0),
  ], { attributes: { axis: 3 } });
  const sum = graph.node("Add", [
    graph.node("Mul", [split, cos]),
    graph.node("Mul", [crossed, sin]),
  ]);
  return graph.node("Reshape", [sum, graph.integers([0, tokens, dModel])]);
}
