/**
 * The neck and head of a dense prediction transformer (DPT, arXiv:2103.13413) as
 * Depth Anything has them: from the states of a DINOv2 to a depth map.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import type { OnnxGraph } from "../network/onnx_graph.ts";
import { patchMap } from "../transformer/patch_map.ts";
import { type Builder, under } from "../network/builder.ts";
import { layerNorm } from "../transformer/layers.ts";
import type { Dinov2Sizes } from "../dinov2/dinov2_graph.ts";

/** Rows and columns of a map. */
export type Grid = readonly [rows: number, columns: number];

/** The sizes of Depth Anything's neck and head. */
export interface DptSizes {
  /** Blocks after which the residual stream is tapped: 1 for the first block, 0 for the embedding. */
  readonly taps: readonly number[];
  /** Whether taps go through the backbone's last normalisation. */
  readonly normalised: boolean;
  /** Channels of each tap's map. */
  readonly channels: readonly number[];
  /** How many times larger than the patch grid each tap's map is. */
  readonly factors: readonly number[];
  /** Channels of the maps that are fused. */
  readonly fusion: number;
  /** Channels of the head's last map. */
  readonly head: number;
  /** Which fused map the head takes. */
  readonly headFrom: number;
  /** Whether depth is in metres (a sigmoid), or inverse and without a unit (a ReLU). */
  readonly metric: boolean;
  /** What the result is multiplied by: the largest metric depth. */
  readonly maxDepth: number;
}

/** The hooks of neck and head, in network order; `size` is the picture's. */
export function dptHooks(
  { dModel }: Dinov2Sizes,
  dpt: DptSizes,
  patches: Grid,
  size: Grid,
): Hook[] {
  const { taps, fused } = grids(dpt, patches);
  const hook = (
    name: string,
    width: number,
    grid: Grid,
    specials = 0,
  ): Hook => ({ name, width, layout: { specials, grid } });
  return [
    ...taps.map((_, k) => hook(`feat.${k}`, dModel, patches, 1)),
    ...taps.map((grid, k) => hook(`reassemble.${k}`, dpt.channels[k]!, grid)),
    ...taps.map((grid, k) => hook(`neck.${k}`, dpt.fusion, grid)),
    ...fused.map((grid, k) => hook(`fusion.${k}`, dpt.fusion, grid)),
    hook("head.act", dpt.head, size),
    hook("depth", 1, size),
  ];
}

/** Sizes of the taps' maps and of the fused maps. A fused map is as large as the next tap's, and the last one twice as large as the first tap's. */
function grids(
  { factors }: DptSizes,
  [rows, columns]: Grid,
): { taps: Grid[]; fused: Grid[] } {
  const taps = factors.map((factor): Grid => {
    if (factor >= 1) return [rows * factor, columns * factor];
    const stride = Math.round(1 / factor);
    return [Math.ceil(rows / stride), Math.ceil(columns / stride)];
  });
  const [height, width] = taps[0]!;
  return {
    taps,
    fused: [...taps.slice(0, -1).reverse(), [2 * height, 2 * width]],
  };
}

/**
 * Adds neck and head on `states`, the residual stream after the embedding and
 * after each block. Values have the names of {@linkcode dptHooks}.
 */
export function dpt(
  build: Builder,
  sizes: Dinov2Sizes,
  of: DptSizes,
  states: readonly string[],
  patches: Grid,
  size: Grid,
): void {
  const { taps, fused } = grids(of, patches);
  const maps = taps.map((grid, k) => {
    const state = states[of.taps[k]!]!;
    const feature = tap(build, sizes, of, state, k);
    const map = patchMap(build.graph, feature, sizes.dModel, patches);
    return neck(build, sizes, of, map, k, grid);
  });
  const outputs: string[] = [];
  for (const [k, grid] of fused.entries()) {
    outputs.push(fuse(build, of, outputs.at(-1), maps.at(-1 - k)!, k, grid));
  }
  head(build, of, outputs[of.headFrom]!, size);
}

/** What a tap takes from the backbone: `[images, 1 + patches, dModel]`. */
function tap(
  build: Builder,
  sizes: Dinov2Sizes,
  { normalised }: DptSizes,
  state: string,
  k: number,
): string {
  const output = `feat.${k}`;
  return normalised
    ? layerNorm(build, sizes, state, "backbone.layernorm", output)
    : build.graph.node("Identity", [state], { output });
}

/** A tap's map at its own size, with as many channels as the fused maps. */
function neck(
  build: Builder,
  { dModel }: Dinov2Sizes,
  { channels, factors, fusion }: DptSizes,
  map: string,
  k: number,
  grid: Grid,
): string {
  const width = channels[k]!, factor = factors[k]!;
  const layer = under(build, `neck.reassemble_stage.layers.${k}.`);
  const projected = conv(layer, map, "projection", [dModel, width], 1);
  const resized = factor > 1
    ? enlarge(layer, projected, width, factor)
    : factor < 1
    ? conv(layer, projected, "resize", [width, width], 3, {
      stride: Math.round(1 / factor),
    })
    : projected;
  const sized = expose(build.graph, resized, `reassemble.${k}`, width, grid);
  const out = conv(build, sized, `neck.convs.${k}`, [width, fusion], 3, {
    bias: false,
  });
  return expose(build.graph, out, `neck.${k}`, fusion, grid);
}

function enlarge(
  { graph, weight }: Builder,
  map: string,
  width: number,
  factor: number,
): string {
  const sides = [factor, factor];
  return graph.node("ConvTranspose", [
    map,
    weight("resize.weight", width, width, factor, factor),
    weight("resize.bias", width),
  ], { attributes: { kernel_shape: sides, strides: sides } });
}

/** Adds the next tap's map to what is fused so far; the result has the size of the tap after it. */
function fuse(
  build: Builder,
  { fusion }: DptSizes,
  fused: string | undefined,
  map: string,
  k: number,
  grid: Grid,
): string {
  const { graph } = build;
  const layer = under(build, `neck.fusion_stage.layers.${k}.`);
  const joined = fused === undefined ? map : add(
    graph,
    fused,
    residual(layer, map, "residual_layer1", fusion),
  );
  const own = residual(layer, joined, "residual_layer2", fusion);
  // The original enlarges first. Both steps are linear, and this order is a quarter of the work.
  const projected = conv(layer, own, "projection", [fusion, fusion], 1);
  const out = interpolate(graph, projected, grid);
  return expose(graph, out, `fusion.${k}`, fusion, grid);
}

/** `x + conv2(relu(conv1(relu(x))))`. */
function residual(
  build: Builder,
  x: string,
  name: string,
  width: number,
): string {
  const { graph } = build, layer = under(build, `${name}.`);
  const relu = (of: string): string => graph.node("Relu", [of]);
  const both = [width, width] as const;
  const first = conv(layer, relu(x), "convolution1", both, 3);
  const second = conv(layer, relu(first), "convolution2", both, 3);
  return add(graph, x, second);
}

/**
 * The sum of two maps. `onnxruntime` would fuse it into a convolution before it,
 * but only where neither map is read or given, which changes last digits. It
 * does not look through a change of shape.
 */
function add(graph: OnnxGraph, ...maps: [string, string]): string {
  const axis = graph.integers([0]);
  const apart = maps.map((map) => graph.node("Unsqueeze", [map, axis]));
  return graph.node("Squeeze", [graph.node("Add", apart), axis]);
}

/** Adds `depth`, at the picture's size, from a fused map. */
function head(
  build: Builder,
  { fusion, head: width, metric, maxDepth }: DptSizes,
  map: string,
  size: Grid,
): void {
  const { graph } = build, half = Math.trunc(fusion / 2);
  const small = conv(build, map, "head.conv1", [fusion, half], 3);
  const large = interpolate(graph, small, size);
  const wide = conv(build, large, "head.conv2", [half, width], 3);
  const act = graph.node("Relu", [wide]);
  const seen = expose(graph, act, "head.act", width, size);
  const raw = conv(build, seen, "head.conv3", [width, 1], 1);
  const bent = graph.node(metric ? "Sigmoid" : "Relu", [raw]);
  const scaled = maxDepth === 1
    ? bent
    : graph.node("Mul", [bent, graph.floats([maxDepth])]);
  graph.node("Reshape", [scaled, graph.integers([0, size[0] * size[1], 1])], {
    output: "depth",
  });
}

/**
 * Shows a map `[images, width, rows, columns]` under the name of its hook as
 * tokens, one for each place, row by row: `[images, rows · columns, width]`. A
 * model that is given the tokens makes the map from them; in other models this
 * costs nothing. Returns the map.
 */
function expose(
  graph: OnnxGraph,
  map: string,
  hook: string,
  width: number,
  [rows, columns]: Grid,
): string {
  const perm = { attributes: { perm: [0, 2, 1] } };
  const flat = graph.integers([0, width, rows * columns]);
  graph.node("Transpose", [graph.node("Reshape", [map, flat])], {
    ...perm,
    output: hook,
  });
  return graph.node("Reshape", [
    graph.node("Transpose", [hook], perm),
    graph.integers([0, width, rows, columns]),
  ], { output: map, when: hook });
}

/** Bilinear, with the centres of the corners aligned. */
function interpolate(graph: OnnxGraph, map: string, grid: Grid): string {
  return graph.node("Resize", [map, "", "", graph.integers(grid)], {
    attributes: {
      axes: [2, 3],
      mode: "linear",
      coordinate_transformation_mode: "align_corners",
    },
  });
}

/** A convolution whose output has the size of the map, divided by the stride. */
function conv(
  { graph, weight }: Builder,
  map: string,
  name: string,
  [from, to]: readonly [from: number, to: number],
  side: number,
  { stride = 1, bias = true }: { stride?: number; bias?: boolean } = {},
): string {
  const margin = Math.floor(side / 2);
  return graph.node("Conv", [
    map,
    weight(`${name}.weight`, to, from, side, side),
    ...(bias ? [weight(`${name}.bias`, to)] : []),
  ], {
    attributes: {
      kernel_shape: [side, side],
      pads: [margin, margin, margin, margin],
      strides: [stride, stride],
    },
  });
}
