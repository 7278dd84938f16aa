/**
 * Reads an exported model and finds its weights.
 *
 * @module
 */
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { type ModelProto, ModelProtoSchema } from "onnx-buf";
import { basename, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError, FormatError } from "../../../mod.ts";
import { hashFile } from "../../hub/hash_file.ts";
import { placeWeights } from "./external_data.ts";
import { checkOrder } from "./graph_nodes.ts";

/** An exported model. */
export interface OnnxFile {
  /** Where it is. */
  readonly path: string;
  /** Its graph; large weights stay in their files and are referred to by their place. */
  readonly model: ModelProto;
  /** The folder that the places of weights are relative to; there is no symbolic link in its path. */
  readonly weightsFolder: string;
  /** Hashes of its files, for provenance. */
  readonly hashes: Readonly<Record<string, string>>;
}

/** Protocol buffers cannot be larger. */
const limit = 2 ** 31 - 1;

/**
 * Opens the exported model that the option `model` names, relative to `base`.
 *
 * @throws {ConfigError} When there is no such file.
 * @throws {FormatError} When it is not an ONNX model, is cut short, or lacks the files with its weights.
 */
export async function readOnnxFile(
  model: string,
  base: URL,
): Promise<OnnxFile> {
  const path = model.startsWith("file:")
    ? fileURLToPath(model)
    : resolve(fileURLToPath(base), model);
  await checkFile(path);
  const bytes = await Deno.readFile(path);
  const whole = decode(path, bytes);
  checkOrder(path, whole.graph!);
  const { folder, files } = await placeWeights(path, whole, bytes);
  const hashes = { [basename(path)]: await hashFile(path) };
  for (const [location, file] of files) {
    hashes[location] = await hashFile(file);
  }
  // Decoded values are views of the whole file and would keep it in memory.
  const small = fromBinary(
    ModelProtoSchema,
    toBinary(ModelProtoSchema, whole),
  );
  return { path, model: small, weightsFolder: folder, hashes };
}

async function checkFile(path: string): Promise<void> {
  const found = await Deno.stat(path).catch(() => undefined);
  if (!found?.isFile) {
    throw new ConfigError(
      "encoder.model",
      `Cannot find "${path}": ${await whatIsThere(
        found?.isDirectory ? path : dirname(path),
      )}; give the path of an exported model, such as model.onnx`,
    );
  }
  if (found.size > limit) {
    throw new FormatError(
      path,
      `Cannot read "${path}": it has ${found.size} bytes, and an ONNX file has at most ${limit}; export it with its weights beside it (external data)`,
    );
  }
}

async function whatIsThere(folder: string): Promise<string> {
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    const models = names.filter((name) => name.endsWith(".onnx")).sort();
    return models.length === 0
      ? `there is no .onnx file in "${folder}"`
      : `in "${folder}" there is ${
        models.slice(0, 5).map((name) => `"${name}"`).join(", ")
      }`;
  } catch {
    return `there is no folder "${folder}"`;
  }
}

function decode(path: string, bytes: Uint8Array): ModelProto {
  const fail = (why: string, cause?: unknown): never => {
    throw new FormatError(path, `Cannot read "${path}": ${why}`, { cause });
  };
  if (bytes.length === 0) fail("it is empty");
  if (new TextDecoder().decode(bytes.subarray(0, 12)) === "version http") {
    fail("it is a Git LFS pointer; get the file itself with git lfs pull");
  }
  try {
    const model = fromBinary(ModelProtoSchema, bytes);
    if (model.graph?.node.length && model.opsetImport.length > 0) return model;
  } catch (cause) {
    const { message } = cause as Error;
    return fail(`it is not an ONNX model, or is cut short: ${message}`, cause);
  }
  return fail("it is not an ONNX model: it has no graph");
}
