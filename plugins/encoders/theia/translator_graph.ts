/**
 * A translator head of a Theia (arXiv:2407.20179) as operations of a graph: from
 * the patch tokens to the features of one teacher.
 *
 * @module
 */
import type { OnnxGraph } from "../network/onnx_graph.ts";
import { type Builder, under } from "../network/builder.ts";

/** The sizes of a translator head. */
export interface TranslatorHead {
  /** Length of a token of the backbone. */
  readonly dModel: number;
  /** Channels inside the head. */
  readonly hidden: number;
  /** Channels of the teacher's features. */
  readonly width: number;
  /** Rows and columns of the teacher's features; there are heads for these two. */
  readonly side: 16 | 64;
  /** What turns channels into the teacher's units; they stay normalised when absent. */
  readonly units?: TeacherUnits | undefined;
}

/** The spread of a teacher's features over pictures. */
export interface TeacherUnits {
  /** Mean of each channel. */
  readonly mean: Float32Array;
  /** Standard deviation of each channel. */
  readonly std: Float32Array;
}

/** Rows and columns of patches that the heads take. */
export const translatorGrid = 14;

/** Rows and columns that the heads first enlarge the grid to. */
const wide = 16;

/** Adds `output`, `[images, side², width]`: the head on `map`, with the weights of `build`. */
export function translatorHead(
  build: Builder,
  { dModel, hidden, width, side, units }: TranslatorHead,
  map: string,
  output: string,
): void {
  const { graph } = build, adapter = under(build, "adapter.");
  const convolve = side === wide ? conv : grow;
  const middle = side === wide ? wide : 2 * wide - 1;
  const padded = grow(build, map, "pad.1", [dModel, dModel], {});
  const start = normalise(adapter, padded, "0", [dModel, wide, wide]);
  const first = graph.node("Relu", [
    convolve(adapter, start, "1", [dModel, hidden], { stride: 2, margin: 1 }),
  ]);
  const half = normalise(adapter, first, "3", [hidden, middle, middle]);
  const second = graph.node("Relu", [
    convolve(adapter, half, "4", [hidden, hidden], { stride: 2, extra: 1 }),
  ]);
  const whole = normalise(adapter, second, "6", [hidden, side, side]);
  const tokens = linear(adapter, whole, "8", [hidden, width]);
  const scaled = units
    ? graph.node("Add", [
      graph.node("Mul", [tokens, graph.floats([...units.std])]),
      graph.floats([...units.mean]),
    ])
    : tokens;
  graph.node("Reshape", [scaled, graph.integers([-1, side * side, width])], {
    output,
  });
}

/**
 * Normalises a picture's whole map, all channels and places together.
 * LayerNormalization and InstanceNormalization would add up millions of numbers
 * one after the other in float32, which is wrong from the third digit on.
 */
function normalise(
  { graph, weight }: Builder,
  map: string,
  name: string,
  shape: readonly [channels: number, rows: number, columns: number],
): string {
  const centred = graph.node("Sub", [map, meanOf(graph, map)]);
  const variance = meanOf(graph, graph.node("Mul", [centred, centred]));
  const deviation = graph.node("Sqrt", [
    graph.node("Add", [variance, graph.floats([1e-5])]),
  ]);
  const even = graph.node("Div", [centred, deviation]);
  return graph.node("Add", [
    graph.node("Mul", [even, weight(`${name}.weight`, ...shape)]),
    weight(`${name}.bias`, ...shape),
  ]);
}

/** The mean of a map, one axis after the other: `[images, 1, 1, 1]`. */
function meanOf(graph: OnnxGraph, map: string): string {
  return [3, 2, 1].reduce(
    (values, axis) =>
      graph.node("ReduceMean", [values, graph.integers([axis])]),
    map,
  );
}

/** A 3×3 convolution that keeps a map's size. */
function conv(
  { graph, weight }: Builder,
  map: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
): string {
  return graph.node("Conv", [
    map,
    weight(`${name}.weight`, to, from, 3, 3),
    weight(`${name}.bias`, to),
  ], { attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] } });
}

/** A transposed 3×3 convolution: `n` rows become `stride · (n − 1) + 3 − 2 · margin + extra`. */
function grow(
  { graph, weight }: Builder,
  map: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
  { stride = 1, margin = 0, extra = 0 }: {
    readonly stride?: number;
    readonly margin?: number;
    readonly extra?: number;
  },
): string {
  return graph.node("ConvTranspose", [
    map,
    weight(`${name}.weight`, from, to, 3, 3),
    weight(`${name}.bias`, to),
  ], {
    attributes: {
      kernel_shape: [3, 3],
      strides: [stride, stride],
      pads: [margin, margin, margin, margin],
      output_padding: [extra, extra],
    },
  });
}

/** A linear layer at each place of a map: `[images · places, to]`. */
function linear(
  { graph, weight }: Builder,
  map: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
): string {
  const last = graph.node("Transpose", [map], {
    attributes: { perm: [0, 2, 3, 1] },
  });
  return graph.node("Gemm", [
    graph.node("Reshape", [last, graph.integers([-1, from])]),
    weight(`${name}.weight`, to, from),
    weight(`${name}.bias`, to),
  ], { attributes: { transB: 1 } });
}
