/**
 * A graph and its input in, the names of the values that depend on the pictures
 * alone out.
 *
 * @module
 */
import type { GraphProto, NodeProto } from "onnx-buf";
import { after } from "../network/cut.ts";
import { inputNames, takenBy } from "./graph_nodes.ts";

/**
 * Names of the values that are made of what is in the pictures that go into
 * `input`, and of no other input, in the order they are made in. What is made
 * of the pictures' shape is not among them.
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
