/**
 * Finds the input of an exported graph that takes the pictures.
 *
 * @module
 */
import {
  type GraphProto,
  TensorProto_DataType,
  type TypeProto_Tensor,
  type ValueInfoProto,
} from "onnx-buf";
import { ConfigError, FormatError, nearestFew } from "../../../mod.ts";
import { inputNames } from "./graph_nodes.ts";

/** The input of a graph that takes pictures, `[images, 3, height, width]`. */
export interface PictureInput {
  /** Its name. */
  readonly name: string;
  /** Its type: `FLOAT` or `FLOAT16`. */
  readonly type: TensorProto_DataType;
  /** How many pictures it takes at once, if the number is fixed. */
  readonly images: number | undefined;
  /** The height it takes, if that is fixed. */
  readonly height: number | undefined;
  /** The width it takes, if that is fixed. */
  readonly width: number | undefined;
}

const { FLOAT, FLOAT16 } = TensorProto_DataType;

/** Lengths of an input's axes; `undefined` where they are known only when it runs. */
type Dims = readonly (number | undefined)[];

/**
 * The input called `name`, or else the only one that can take pictures.
 *
 * @throws {ConfigError} When there is no input of that name, or there are several and none is named.
 * @throws {FormatError} When it does not take pictures as floats with colours first.
 */
export function pictureInput(
  path: string,
  graph: GraphProto,
  name?: string,
): PictureInput {
  const names = new Set(inputNames(graph));
  const inputs = graph.input.filter((input) => names.has(input.name));
  if (name !== undefined) return toPicture(path, findInput(inputs, name, path));
  const pictures = inputs.filter((input) =>
    isFloat(input) && rank(input) === 4
  );
  if (pictures.length > 1) {
    const all = pictures.map(({ name }) => `"${name}"`).join(", ");
    throw new ConfigError(
      "encoder.input",
      `Cannot tell which input of "${path}" takes the pictures: ${all}; give one of them as input`,
    );
  }
  const only = pictures[0] ?? inputs.find((input) => rank(input) === 4);
  if (only) return toPicture(path, only);
  throw new FormatError(
    path,
    `Cannot use "${path}": it takes no pictures, float32 [images, 3, height, width]; its inputs are ${
      inputs.map(inWords).join(", ") || "none"
    }`,
  );
}

function findInput(
  inputs: readonly ValueInfoProto[],
  name: string,
  path: string,
): ValueInfoProto {
  const found = inputs.find((input) => input.name === name);
  if (found) return found;
  const names = inputs.map((input) => input.name);
  const near = nearestFew(name, names, 3);
  throw new ConfigError(
    "encoder.input",
    `Cannot find input "${name}" of "${path}": there is ${
      (near.length > 0 ? near : names).map((each) => `"${each}"`).join(", ")
    }`,
  );
}

function toPicture(path: string, input: ValueInfoProto): PictureInput {
  const fail = (why: string): never => {
    throw new FormatError(
      path,
      `Cannot use input ${inWords(input)} of "${path}": ${why}`,
    );
  };
  const dims = dimsOf(input) ?? [];
  if (!isFloat(input)) {
    fail(
      "pictures go in as float32; export the model without its preprocessing",
    );
  }
  if (dims.length !== 4) fail("pictures have four axes");
  const [images, channels, height, width] = dims;
  if (channels !== undefined && channels !== 3) {
    fail(
      width === 3
        ? "its colours come last; export it with [images, 3, height, width]"
        : `pictures have 3 colours, it takes ${channels}`,
    );
  }
  const type: TensorProto_DataType = tensorOf(input)!.elemType;
  return { name: input.name, type, images, height, width };
}

function tensorOf({ type }: ValueInfoProto): TypeProto_Tensor | undefined {
  return type?.value.case === "tensorType" ? type.value.value : undefined;
}

function dimsOf(input: ValueInfoProto): Dims | undefined {
  return tensorOf(input)?.shape?.dim.map(({ value }) =>
    // Some exporters write 0 or −1 for any length.
    value.case === "dimValue" && value.value > 0n
      ? Number(value.value)
      : undefined
  );
}

function rank(input: ValueInfoProto): number | undefined {
  return dimsOf(input)?.length;
}

function isFloat(input: ValueInfoProto): boolean {
  const { elemType } = tensorOf(input) ?? {};
  return elemType === FLOAT || elemType === FLOAT16;
}

/** As `"pixel_values" float [?, 3, 224, 224]`. */
function inWords(input: ValueInfoProto): string {
  const { elemType = 0 } = tensorOf(input) ?? {};
  const type = TensorProto_DataType[elemType]?.toLowerCase();
  const dims = dimsOf(input)?.map((length) => length ?? "?").join(", ");
  return `"${input.name}" ${type} [${dims ?? "of any rank"}]`;
}
