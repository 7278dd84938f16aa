/**
 * Finds the types and shapes of all values of an exported model, without running
 * it.
 *
 * @module
 */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { FormatError } from "../../../mod.ts";
import {
  type OnnxThread,
  onnxThread,
  type Value,
} from "../network/onnx_thread.ts";
import type { Size } from "../pictures/preprocess.ts";
import type { OnnxFile } from "./onnx_file.ts";
import type { PictureInput } from "./picture_input.ts";
import { tensorInfo } from "./tensor_info.ts";

/** The values of a model. */
export interface Described {
  /** How many pictures it was described for. */
  readonly images: number;
  /** Whether it takes any number of pictures at once. */
  readonly anyNumber: boolean;
  /** The results of its operations, by name. */
  readonly values: ReadonlyMap<string, Value>;
}

/** A number of pictures that no other axis is likely to have. */
const unlikely = 7;

/**
 * Describes all values for pictures of one size. `onnxruntime` infers the shapes
 * when it opens a model. A model that says it takes any number of pictures is
 * opened for several, and then what it predicts has that length. If it cannot be
 * opened, or nothing has that length, it was recorded with one picture and takes
 * no more.
 *
 * @throws {FormatError} When `onnxruntime` cannot open it, or it was recorded
 * with several pictures and takes no other number.
 */
export async function describeValues(
  file: OnnxFile,
  input: PictureInput,
  size: Size,
): Promise<Described> {
  const thread = onnxThread();
  try {
    if (input.images === undefined) {
      const several = await describe(thread, file, input, size, unlikely)
        .catch(() => undefined);
      if (several?.anyNumber) return several;
    }
    const one = await describe(thread, file, input, size, 1);
    checkOne(file, one);
    return { ...one, anyNumber: false };
  } catch (cause) {
    if (cause instanceof FormatError) throw cause;
    const { path } = file, { message } = cause as Error;
    throw new FormatError(
      path,
      `Cannot open "${path}" for ${
        input.images === undefined || input.images === 1
          ? "pictures"
          : `one picture (it takes ${input.images} at a time)`
      } ${size.height} pixels high and ${size.width} wide: onnxruntime says: ${
        oneLine(message)
      }`,
      { cause },
    );
  } finally {
    thread.close();
  }
}

/** Refuses a model recorded with several pictures: it predicts as many, whatever it is given. */
function checkOne(
  { path, model }: OnnxFile,
  { anyNumber, values }: Described,
): void {
  const outputs = model.graph!.output
    .flatMap(({ name }) => values.get(name) ?? [])
    .filter(({ shape }) => shape.length > 0);
  if (anyNumber || outputs.length === 0) return;
  const said = outputs.map(({ name, shape }) =>
    `"${name}" [${shape.join(", ")}]`
  );
  throw new FormatError(
    path,
    `Cannot use "${path}": it predicts ${
      said.join(", ")
    }, which is not for one picture; export it for one picture or for any number of them`,
  );
}

async function describe(
  thread: OnnxThread,
  file: OnnxFile,
  input: PictureInput,
  size: Size,
  images: number,
): Promise<Described> {
  const { model, weightsFolder } = file, graph = model.graph!;
  const dims = [images, 3, size.height, size.width];
  const declared = graph.input.map((each) =>
    each.name === input.name ? tensorInfo(input.name, input.type, dims) : each
  );
  const names = graph.node.flatMap(({ output }) => output)
    .filter((name) => name !== "");
  const described = await thread.describe({
    model: toBinary(ModelProtoSchema, {
      ...model,
      graph: {
        ...graph,
        input: declared,
        output: names.map(untyped),
        valueInfo: [],
      },
    }),
    weightsFolder,
  });
  const values = new Map(described.map((value) => [value.name, value]));
  const anyNumber = graph.output.some(({ name }) =>
    values.get(name)?.shape[0] === images
  );
  return { images, anyNumber, values };
}

/** An output whose type `onnxruntime` infers. */
function untyped(name: string): ValueInfoProto {
  return create(ValueInfoProtoSchema, { name });
}

function oneLine(message: string): string {
  return message.replaceAll(/\s+/g, " ").trim().replace(/\.$/, "");
}
