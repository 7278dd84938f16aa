/**
 * Finds the weights of an exported model, in its own file and in files beside
 * it, so that `onnxruntime` can read them there.
 *
 * @module
 */
import { create } from "@bufbuild/protobuf";
import {
  type GraphProto,
  type ModelProto,
  type NodeProto,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
} from "onnx-buf";
import { dirname, join, relative, sep } from "node:path";
import { FormatError } from "../../../mod.ts";
import { bodiesOf } from "./graph_nodes.ts";

/** Where weights are. */
export interface WeightPlaces {
  /** The folder that their places are relative to; there is no symbolic link in its path. */
  readonly folder: string;
  /** The files beside the model, by the names that the model gives them. */
  readonly files: ReadonlyMap<string, string>;
}

/** Weights of fewer bytes stay in the model: they may be shapes, which are needed to open it. */
const large = 1024;

/**
 * Finds the files beside the model at `path` and makes every large weight of
 * `model`, which was decoded from `bytes`, refer to its place in one of them or
 * in the model's own file, so that no weight is ever copied.
 *
 * The files may be symbolic links to different folders, as in a hub's cache.
 * `onnxruntime` does not follow links out of a folder, so the folder returned is
 * the deepest one that holds all of the real files.
 *
 * @throws {FormatError} When a file is missing or cut short, or its path leads
 * out of the model's folder.
 */
export async function placeWeights(
  path: string,
  model: ModelProto,
  bytes: Uint8Array,
): Promise<WeightPlaces> {
  const tensors = [...tensorsOf(model.graph!)];
  const outside = tensors.filter(isExternal);
  const files = new Map<string, string>();
  for (const tensor of outside) {
    const location = entry(tensor, "location") ?? "";
    const file = files.get(location) ?? await findFile(path, tensor, location);
    files.set(location, file);
    await checkLength(path, tensor, file);
  }
  const own = await Deno.realPath(path);
  const folder = commonFolder([own, ...files.values()]);
  const place = (file: string): string =>
    relative(folder, file).replaceAll(sep, "/");
  for (const tensor of outside) {
    const file = files.get(entry(tensor, "location")!)!;
    moveTo(tensor, { location: place(file) });
  }
  for (const tensor of model.graph!.initializer) {
    const { rawData: { buffer, byteOffset, length } } = tensor;
    if (length < large || buffer !== bytes.buffer) continue;
    const offset = `${byteOffset - bytes.byteOffset}`;
    moveTo(tensor, { location: place(own), offset, length: `${length}` });
  }
  return { folder, files };
}

function* tensorsOf(graph: GraphProto): Generator<TensorProto> {
  yield* graph.initializer;
  for (const node of graph.node) yield* tensorsIn(node);
}

function* tensorsIn(node: NodeProto): Generator<TensorProto> {
  for (const { t, tensors } of node.attribute) {
    if (t) yield t;
    yield* tensors;
  }
  for (const body of bodiesOf(node)) yield* tensorsOf(body);
}

function isExternal({ dataLocation }: TensorProto): boolean {
  return dataLocation === TensorProto_DataLocation.EXTERNAL;
}

function entry({ externalData }: TensorProto, key: string): string | undefined {
  return externalData.find((entry) => entry.key === key)?.value;
}

/** Gives a weight another place; entries that `place` does not name stay. */
function moveTo(
  tensor: TensorProto,
  place: Readonly<Record<string, string>>,
): void {
  const others = tensor.externalData.filter(({ key }) => !(key in place));
  const named = Object.entries(place)
    .map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value })
    );
  tensor.externalData = [...named, ...others];
  tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
  tensor.rawData = new Uint8Array();
}

/** The real path of a file beside the model, or beside what the model is a link to. */
async function findFile(
  path: string,
  { name }: TensorProto,
  location: string,
): Promise<string> {
  if (location === "" || /^([/\\]|\w:)|(^|[/\\])\.\.([/\\]|$)/.test(location)) {
    throw new FormatError(
      path,
      `Cannot open "${path}": its weight "${name}" is in "${location}", which is not a path inside the model's folder`,
    );
  }
  const folders = new Set([dirname(path), dirname(await Deno.realPath(path))]);
  for (const folder of folders) {
    const file = join(folder, location);
    const found = await Deno.stat(file).catch(() => undefined);
    if (found?.isFile) return await Deno.realPath(file);
  }
  throw new FormatError(
    path,
    `Cannot open "${path}": its weights are in "${location}", and there is no such file in ${
      [...folders].map((folder) => `"${folder}"`).join(" or ")
    }; put it there under that name`,
  );
}

async function checkLength(
  path: string,
  tensor: TensorProto,
  file: string,
): Promise<void> {
  const { size } = await Deno.stat(file);
  const start = Number(entry(tensor, "offset") ?? 0);
  const end = start + Number(entry(tensor, "length") ?? 0);
  if (start >= 0 && end >= start && end <= size) return;
  throw new FormatError(
    file,
    `Cannot open "${path}": its weight "${tensor.name}" is at bytes ${start} to ${end} of "${file}", which has ${size}: it is cut short or belongs to another model`,
  );
}

/** The deepest folder that holds all `files`. */
function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!);
  const inside = (file: string): boolean =>
    file.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  while (!files.every(inside) && dirname(folder) !== folder) {
    folder = dirname(folder);
  }
  return folder;
}
