/**
 * The graph of a Depth Anything, its values named as its hooks are.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";
import { type OnnxGraph, onnxGraph } from "../network/onnx_graph.ts";
import type { Size } from "../pictures/preprocess.ts";
import { type AddWeight, builder, under } from "../network/builder.ts";
import {
  backbone,
  backboneHooks,
  type Dinov2Sizes,
  gridOf,
  type NetworkOptions,
} from "../dinov2/dinov2_graph.ts";
import { dpt, dptHooks, type DptSizes } from "./dpt_graph.ts";

/** The hooks of a Depth Anything, in network order. */
export function depthAnythingHooks(
  sizes: Dinov2Sizes,
  of: DptSizes,
  size: Size,
): Hook[] {
  const whole = [size.height, size.width] as const;
  return [
    ...backboneHooks(sizes, size),
    ...dptHooks(sizes, of, gridOf(size, sizes), whole),
  ];
}

/** The whole network. Values have the names of {@linkcode depthAnythingHooks}. */
export function depthAnythingGraph(
  sizes: Dinov2Sizes,
  of: DptSizes,
  options: NetworkOptions,
  addWeight: AddWeight,
): OnnxGraph {
  const build = builder(onnxGraph(), addWeight);
  const { size } = options, whole = [size.height, size.width] as const;
  const states = backbone(under(build, "backbone."), sizes, options);
  dpt(build, sizes, of, states, gridOf(size, sizes), whole);
  return build.graph;
}
