/**
 * Finds the values of a graph that are of some kind because of where they come
 * from.
 *
 * @module
 */
import type { GraphProto, NodeProto } from "onnx-buf";
import type { Value } from "../network/onnx_thread.ts";

/** A kind of value, by the operations that make it. */
export interface Origin {
  /** Whether an operation makes such a value from others. */
  starts(maker: NodeProto, name: string): boolean;
  /** Whether it makes such a value from one of the same shape. */
  passes(maker: NodeProto): boolean;
}

/** Tells whether a value is of that kind: made so, or passed on from one of the same shape that is. */
export function hasOrigin(
  { node }: GraphProto,
  values: ReadonlyMap<string, Value>,
  { starts, passes }: Origin,
): (name: string) => boolean {
  const makers = new Map<string, NodeProto>(
    node.flatMap((each) => each.output.map((name) => [name, each])),
  );
  const shape = (name: string): string => `${values.get(name)?.shape}`;
  const known = new Map<string, boolean>();
  const is = (name: string): boolean => {
    const seen = known.get(name);
    if (seen !== undefined) return seen;
    const maker = makers.get(name);
    const found = maker !== undefined && (starts(maker, name) ||
      passes(maker) &&
        maker.input.some((input) => shape(input) === shape(name) && is(input)));
    known.set(name, found);
    return found;
  };
  return is;
}
