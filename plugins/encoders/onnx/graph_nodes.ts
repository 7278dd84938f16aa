/**
 * The operations of an exported graph and the values they take, including the
 * bodies of branches and loops.
 *
 * @module
 */
import type { AttributeProto, GraphProto, NodeProto } from "onnx-buf";
import { FormatError } from "../../../mod.ts";

/** The graphs inside an operation: branches of `If`, bodies of `Loop` and `Scan`. */
export function bodiesOf({ attribute }: NodeProto): GraphProto[] {
  return attribute.flatMap(({ g, graphs }: AttributeProto) =>
    g ? [g, ...graphs] : graphs
  );
}

/** Names of the values that an operation takes: its inputs, and those that its bodies read from outside. */
export function takenBy(node: NodeProto): string[] {
  return [...node.input, ...bodiesOf(node).flatMap(readFromOutside)];
}

function readFromOutside(body: GraphProto): string[] {
  const own = new Set([
    ...namesOf(body.input),
    ...namesOf(body.initializer),
    ...body.sparseInitializer.map(({ values }) => values?.name ?? ""),
    ...body.node.flatMap(({ output }) => output),
  ]);
  const read = [...body.node.flatMap(takenBy), ...namesOf(body.output)];
  return read.filter((name) => name !== "" && !own.has(name));
}

/** Renames every value in these operations and their bodies. */
export function renameValues(
  nodes: readonly NodeProto[],
  rename: (name: string) => string,
): void {
  for (const node of nodes) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
    for (const body of bodiesOf(node)) {
      renameValues(body.node, rename);
      for (const output of body.output) output.name = rename(output.name);
    }
  }
}

/** Names of the inputs of a graph that are not constants. */
export function inputNames({ input, initializer }: GraphProto): string[] {
  const constants = new Set(namesOf(initializer));
  return namesOf(input).filter((name) => !constants.has(name));
}

/**
 * Checks that operations come in order and no value is made twice.
 *
 * @throws {FormatError} When an operation takes a value that none before it
 * makes, or a value is made twice.
 */
export function checkOrder(path: string, graph: GraphProto): void {
  const known = new Set([
    "",
    ...namesOf(graph.input),
    ...namesOf(graph.initializer),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ""),
  ]);
  const fail = (node: NodeProto, why: string): never => {
    throw new FormatError(
      path,
      `Cannot use "${path}": its ${node.opType} "${node.name}" ${why}`,
    );
  };
  for (const node of graph.node) {
    const missing = takenBy(node).find((name) => !known.has(name));
    if (missing !== undefined) {
      fail(node, `takes "${missing}", which nothing before it makes`);
    }
    for (const name of node.output) {
      if (name !== "" && known.has(name)) fail(node, `makes "${name}" again`);
      known.add(name);
    }
  }
}

function namesOf(values: readonly { readonly name: string }[]): string[] {
  return values.map(({ name }) => name);
}
