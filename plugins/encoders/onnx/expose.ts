/**
 * Operations that show a value of an exported graph as float32 `[images, tokens,
 * width]`, and those that turn it back.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProto_DataType,
  TensorProtoSchema,
} from "onnx-buf";
import { areTokens, type Place } from "./find_places.ts";

/** The operations to the tokens of a hook and back. */
export interface Exposed {
  /** Operations from the value to its hook. */
  readonly there: readonly NodeProto[];
  /** Operations from the hook to the value. */
  readonly back: readonly NodeProto[];
  /** Constants with the shapes that they take. */
  readonly shapes: readonly TensorProto[];
}

/** One operation on one value. */
interface Change {
  readonly op: "Cast" | "Transpose" | "Reshape";
  readonly to?: TensorProto_DataType;
  readonly perm?: readonly number[];
  readonly shape?: readonly number[];
}

const { FLOAT, FLOAT16, INT64 } = TensorProto_DataType;
const { INT, INTS } = AttributeProto_AttributeType;

/**
 * How the value `stored` is shown at its hook: a map `[images, channels, rows,
 * columns]` as tokens `[images, rows · columns, channels]`, row by row; a map
 * `[images, rows, columns]` with one channel; `[images, classes]` as one token;
 * 16-bit numbers as float32.
 */
export function exposeValue(place: Place, stored: string): Exposed {
  const { hook: { name }, type } = place;
  const changes = changesTo(place);
  const wide: Change[] = type === "float16" ? [{ op: "Cast", to: FLOAT }] : [];
  const thin: Change[] = type === "float16"
    ? [{ op: "Cast", to: FLOAT16 }]
    : [];
  const there = chain([...wide, ...changes.there], stored, name);
  const back = chain([...changes.back, ...thin], name, stored);
  return {
    there: there.nodes,
    back: back.nodes,
    shapes: [...there.shapes, ...back.shapes],
  };
}

/** Casts the float32 pictures to `stored`, the 16-bit ones that the graph takes. */
export function exposeInput(name: string, stored: string): NodeProto {
  return chain([{ op: "Cast", to: FLOAT16 }], name, stored).nodes[0]!;
}

/** Whether a value is already what its hook gives. */
export function isShown(place: Place): boolean {
  return place.type === "float32" && changesTo(place).there.length === 0;
}

/** From a value to its tokens and back. A length of 0 keeps the number of images. */
function changesTo(place: Place): { there: Change[]; back: Change[] } {
  const { shape } = place;
  const reshape = (...shape: number[]): Change => ({ op: "Reshape", shape });
  const turn: Change = { op: "Transpose", perm: [0, 2, 1] };
  const [a = 1, b = 1, c = 1] = shape;
  switch (shape.length) {
    case 1:
      return { there: [reshape(0, 1, a)], back: [reshape(0, a)] };
    case 2:
      return areTokens(place)
        ? { there: [], back: [] }
        : { there: [reshape(0, a * b, 1)], back: [reshape(0, a, b)] };
    case 3:
      return {
        there: [reshape(0, a, b * c), turn],
        back: [turn, reshape(0, a, b, c)],
      };
    default:
      return { there: [], back: [] };
  }
}

function chain(
  changes: readonly Change[],
  from: string,
  to: string,
): { nodes: NodeProto[]; shapes: TensorProto[] } {
  const nodes: NodeProto[] = [], shapes: TensorProto[] = [];
  let value = from;
  for (const [i, { op, to: type, perm, shape }] of changes.entries()) {
    const output = i === changes.length - 1 ? to : `${from}:${to}:${i}`;
    const input = [value];
    if (shape) {
      const constant = integers(`${output}:shape`, shape);
      shapes.push(constant);
      input.push(constant.name);
    }
    const attribute = [
      ...(type === undefined
        ? []
        : [{ name: "to", type: INT, i: BigInt(type) }]),
      ...(perm ? [{ name: "perm", type: INTS, ints: perm.map(BigInt) }] : []),
    ];
    nodes.push(create(NodeProtoSchema, {
      opType: op,
      input,
      output: [output],
      attribute,
    }));
    value = output;
  }
  return { nodes, shapes };
}

function integers(name: string, values: readonly number[]): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dataType: INT64,
    dims: [BigInt(values.length)],
    int64Data: values.map(BigInt),
  });
}
