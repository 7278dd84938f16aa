/**
 * Adds the named weights of a checkpoint to a graph, each of them once.
 *
 * @module
 */
import type { OnnxGraph } from "./onnx_graph.ts";

/** Adds the weight with this name and shape to the graph and returns its name there. */
export type AddWeight = (
  graph: OnnxGraph,
  name: string,
  shape: readonly number[],
) => string;

/** A graph under construction, and the weights that go into it. */
export interface Builder {
  /** The graph. */
  readonly graph: OnnxGraph;
  /** Adds a weight unless it is there already, and returns its name in the graph. */
  weight(name: string, ...shape: number[]): string;
}

/** A builder that adds each weight once, however often it is used. */
export function builder(graph: OnnxGraph, addWeight: AddWeight): Builder {
  const taken = new Map<string, string>();
  return {
    graph,
    weight(name, ...shape) {
      const known = taken.get(name) ?? addWeight(graph, name, shape);
      taken.set(name, known);
      return known;
    },
  };
}

/** The same builder, with `prefix` put before the names of weights. */
export function under(build: Builder, prefix: string): Builder {
  return {
    graph: build.graph,
    weight: (name, ...shape) => build.weight(prefix + name, ...shape),
  };
}
