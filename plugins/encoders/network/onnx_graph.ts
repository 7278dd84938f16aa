/**
 * Builds graphs of ONNX operations and cuts models out of them. Any value can be
 * an input or an output, and only the operations between them are written.
 *
 * @module
 */
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";
import type { TensorInfo } from "../../../mod.ts";
import {
  after,
  type Cut,
  makersOf,
  type Operation,
  reach,
  requires,
} from "./cut.ts";

/** An attribute of an operation: an integer, integers, a string or a float. */
export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number };

/** A float32 input or output of a model. A named length is known only when it runs. */
export interface Port {
  /** Its name in the graph. */
  readonly name: string;
  /** Lengths of the axes, outermost first. */
  readonly dims: readonly (number | string)[];
}

/** Options for {@linkcode OnnxGraph.node}. */
export interface NodeOptions {
  /** Attributes of the operation. */
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Name of the result; generated when absent. */
  readonly output?: string;
  /** The operator set: ONNX's own when absent. */
  readonly domain?: string;
  /**
   * Name of a value. A model that takes it as an input has this operation
   * instead of the one with the same result; other models do not have it.
   */
  readonly when?: string;
  /**
   * Names of values. A model with one of them as an input or output has this
   * operation instead of the one with the same result; other models do not
   * have it.
   */
  readonly showing?: readonly string[];
}

/** A graph that models can be cut out of. */
export interface Network {
  /**
   * The model that computes `outputs` from `inputs`, without the operations
   * that `outputs` do not need or that come before `inputs`. Where operations
   * depend on what is shown, the values named `shown` count as outputs, too.
   */
  model(
    inputs: readonly Port[],
    outputs: readonly Port[],
    shown?: readonly string[],
  ): Uint8Array;
  /** Which values a part of it needs besides those it is given. */
  requires(cut: Cut): Set<string>;
  /** Names of the values that a change of `given` can reach, itself included. */
  after(given: readonly string[]): Set<string>;
}

/** A graph of ONNX operations under construction. Values are referred to by name. */
export interface OnnxGraph extends Network {
  /** Adds an operation and returns the name of its result. An input `""` is absent. */
  node(op: string, inputs: readonly string[], options?: NodeOptions): string;
  /** Adds a constant vector of 64-bit integers and returns its name. */
  integers(values: readonly number[]): string;
  /** Adds a constant vector of float32 numbers and returns its name. */
  floats(values: readonly number[]): string;
  /** Adds a float32 value whose bytes stay in `file`; narrower floats are cast. Returns its name. */
  external(name: string, file: string, tensor: TensorInfo): string;
}

type Node =
  & MessageInitShape<typeof NodeProtoSchema>
  & Operation
  & { input: string[]; output: string[] };
type TensorInit = MessageInitShape<typeof TensorProtoSchema> & { name: string };

/** Operator set 20 is the first with `Gelu`. */
const opset = 20n, irVersion = 10n;

const floatTypes: Partial<Record<TensorInfo["dtype"], TensorProto_DataType>> = {
  F32: TensorProto_DataType.FLOAT,
  F16: TensorProto_DataType.FLOAT16,
  BF16: TensorProto_DataType.BFLOAT16,
};

/** Whether a graph can use a tensor of this type as a weight. */
export function isWeight({ dtype }: TensorInfo): boolean {
  return dtype in floatTypes;
}

/** An empty graph. */
export function onnxGraph(): OnnxGraph {
  const nodes: Node[] = [];
  const constants = new Map<string, TensorInit>();
  const domains = new Set<string>();
  let count = 0;

  const node: OnnxGraph["node"] = (op, inputs, options = {}) => {
    const {
      attributes = {},
      domain = "",
      output = `${op}_${count++}`,
      when,
      showing,
    } = options;
    if (domain !== "") domains.add(domain);
    nodes.push({
      opType: op,
      name: output,
      domain,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(attribute),
      ...(when === undefined ? {} : { when }),
      ...(showing === undefined ? {} : { showing }),
    });
    return output;
  };
  const constant = (
    kind: "integers" | "floats",
    data: BigInt64Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
  ): string => {
    const { INT64, FLOAT } = TensorProto_DataType;
    const name = `${kind}_${count++}`;
    constants.set(name, {
      name,
      dataType: kind === "integers" ? INT64 : FLOAT,
      dims: [BigInt(data.length)],
      rawData: new Uint8Array(data.buffer),
    });
    return name;
  };

  return {
    node,
    integers: (values) =>
      constant("integers", BigInt64Array.from(values, BigInt)),
    floats: (values) => constant("floats", Float32Array.from(values)),
    external(name, file, { dtype, shape, offset, length }) {
      const stored = dtype === "F32" ? name : `${name}.${dtype}`;
      constants.set(stored, {
        name: stored,
        dataType: floatTypes[dtype]!,
        dims: shape.map(BigInt),
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries({ location: file, offset, length })
          .map(([key, value]) => ({ key, value: `${value}` })),
      });
      if (stored === name) return name;
      return node("Cast", [stored], {
        attributes: { to: TensorProto_DataType.FLOAT },
        output: name,
      });
    },
    model(inputs, outputs, shown = []) {
      const given = inputs.map(({ name }) => name);
      const names = outputs.map(({ name }) => name);
      const makers = makersOf(nodes, given, [...names, ...shown]);
      const needed = reach(makers, given, names);
      return toBinary(
        ModelProtoSchema,
        create(ModelProtoSchema, {
          irVersion,
          producerName: "tessera",
          opsetImport: [
            { domain: "", version: opset },
            ...[...domains].map((domain) => ({ domain, version: 1n })),
          ],
          graph: {
            name: "tessera",
            node: nodes
              .filter((node) => {
                const name = node.output[0]!;
                return needed.has(name) && makers.get(name) === node;
              })
              .map(({ when: _, showing: __, ...node }) => node),
            initializer: [...constants.values()]
              .filter(({ name }) => needed.has(name)),
            input: inputs.map(valueInfo),
            output: outputs.map(valueInfo),
          },
        }),
      );
    },
    requires: (cut) => requires(nodes, cut),
    after: (given) => after(nodes, given),
  };
}

function attribute(
  [name, value]: [string, Attribute],
): MessageInitShape<typeof AttributeProtoSchema> {
  const Type = AttributeProto_AttributeType;
  if (typeof value === "number") {
    return { name, type: Type.INT, i: BigInt(value) };
  }
  if (typeof value === "string") {
    return { name, type: Type.STRING, s: new TextEncoder().encode(value) };
  }
  if ("float" in value) return { name, type: Type.FLOAT, f: value.float };
  return { name, type: Type.INTS, ints: value.map(BigInt) };
}

function valueInfo(
  { name, dims }: Port,
): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = dims.map((length) => ({
    value: typeof length === "number"
      ? { case: "dimValue" as const, value: BigInt(length) }
      : { case: "dimParam" as const, value: length },
  }));
  return {
    name,
    type: {
      value: {
        case: "tensorType",
        value: { elemType: TensorProto_DataType.FLOAT, shape: { dim } },
      },
    },
  };
}
