/**
 * Tensors that remember how they were made.
 *
 * @module
 */
import type { Codes } from "../codes.ts";
import type { Tensor } from "../tensor.ts";

/** Turns a node's gradient into that of one of its parents. */
type Pull = (grad: Tensor) => Tensor | Promise<Tensor>;

/** What a value was made from, each with its gradient rule. */
export type Parents = readonly (readonly [Tensor, Pull])[];

/** A tensor that remembers how it was made. */
export interface Node extends Tensor {
  /** The tensor of the wrapped engine. */
  readonly value: Tensor;
  /** Empty where no gradient is wanted. */
  readonly parents: readonly (readonly [Node, Pull])[];
  /** Whether a parameter is among its ancestors. */
  readonly wanted: boolean;
}

/** Codes whose values remember how they were made. */
interface CodesNode extends Codes {
  readonly raw: Codes;
  readonly values: Node;
}

/** The nodes that a gradient may reach, in the order they were made. */
export interface Tape {
  /** The nodes. */
  readonly nodes: readonly Node[];
  /** Records a tensor. */
  record(value: Tensor, parents: Parents): Node;
  /** Records the values of codes. */
  recordCodes(codes: Codes, parents: Parents): Codes;
}

/** An empty tape. */
export function makeTape(): Tape {
  const tape: Node[] = [];
  const record = (value: Tensor, parents: Parents): Node => {
    const nodes = parents.map(([x, pull]) => [nodeOf(x), pull] as const);
    const wanted = nodes.some(([parent]) => parent.wanted);
    const node = {
      shape: value.shape,
      value,
      parents: wanted ? nodes : [],
      wanted,
    };
    if (wanted) tape.push(node);
    return node;
  };
  return {
    nodes: tape,
    record,
    recordCodes: (codes, parents): CodesNode => ({
      shape: codes.shape,
      raw: codes,
      values: record(codes.values, parents),
    }),
  };
}

/** A tensor as a node: itself if it is one, otherwise a constant. */
export function nodeOf(x: Tensor): Node {
  if ("wanted" in x) return x as Node;
  return { shape: x.shape, value: x, parents: [], wanted: false };
}

/** The wrapped engine's tensor. */
export function raw(x: Tensor): Tensor {
  return nodeOf(x).value;
}

/** The wrapped engine's codes. */
export function rawCodes(codes: Codes): Codes {
  return "raw" in codes ? (codes as CodesNode).raw : codes;
}

/** Replaces every node in a result, one object deep, by the wrapped engine's tensor. */
export function unwrap(x: unknown): unknown {
  if (typeof x !== "object" || x === null) return x;
  if ("wanted" in x) return raw(x as Node);
  if ("raw" in x) return rawCodes(x as CodesNode);
  if ("shape" in x) return x;
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, unwrap(v)]));
}
