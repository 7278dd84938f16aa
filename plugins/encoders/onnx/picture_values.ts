/**
 * Finds the values of a graph that depend on the pictures alone.
 *
 * @module
 */
import type { GraphProto, NodeProto } from "onnx-buf";
import { after } from "../network/cut.ts";
import { inputNames, takenBy } from "./graph_nodes.ts";

/**
 * Names of the values that are computed from the content of the pictures at
 * `input` and from no other input, in the order they are computed. Values that
 * depend only on the pictures' shape are not among them.
 */
export function pictureValues(graph: GraphProto, input: string): string[] {
  const steps = graph.node.map((node) => ({
    input: takenBy(node),
    output: node.output,
    node,
  }));
  const seeing = steps.filter(({ node }) => !asksShape(node));
  const made = after(seeing, [input]);
  const others = inputNames(graph).filter((name) => name !== input);
  const foreign = after(steps, others);
  return graph.node.flatMap(({ output }) => output)
    .filter((name) => made.has(name) && !foreign.has(name));
}

function asksShape({ opType, domain }: NodeProto): boolean {
  return domain === "" && (opType === "Shape" || opType === "Size");
}
