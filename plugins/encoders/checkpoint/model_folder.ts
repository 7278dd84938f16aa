/**
 * Opens a model's folder in Hugging Face's layout, downloading it if need be.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import {
  ConfigError,
  FormatError,
  type PluginContext,
  readSafetensorsHeader,
  type SafetensorsHeader,
} from "../../../mod.ts";
import { downloadModel, type HubModel } from "../../hub/download_model.ts";
import { hashFile } from "../../hub/hash_file.ts";
import { openHub } from "../../hub/open_hub.ts";
import { parseHubId } from "../../hub/hub_id.ts";
import { withKnownNames } from "./known_names.ts";
import { readShards, shardList, type Weights } from "./shards.ts";

/** A model's folder, opened. */
export interface ModelFolder {
  /** Where it is. */
  readonly path: string;
  /** The tensors of its `model.safetensors`, or of the files that `model.safetensors.index.json` lists; their paths have no symbolic link in them. */
  readonly weights: SafetensorsHeader;
  /** Hashes of its files, for provenance; for a model from a hub also its name, commit and licence. */
  readonly hashes: Readonly<Record<string, string>>;
}

/**
 * Opens the folder that the option `model` names, relative to `base`. If there
 * is no such folder, `owner/name` or `owner/name@revision` names a model at a
 * hub, which is downloaded unless it is in the cache; `report` is told.
 *
 * @throws {ConfigError} When there is no such folder, it lacks `config.json` or
 * its weights, or the model cannot be downloaded.
 * @throws {FormatError} When the weights cannot be read.
 */
export async function openModelFolder(
  model: string,
  base: URL,
  report?: PluginContext["report"],
): Promise<ModelFolder> {
  const folder = model.startsWith("file:")
    ? fileURLToPath(model)
    : resolve(fileURLToPath(base), model);
  const hub = await modelAtHub(model, folder, report);
  const path = hub?.path ?? folder;
  const config = await find(path, "config.json");
  const isSharded = !await exists(join(path, "model.safetensors")) &&
    await exists(join(path, shardList));
  const { weights, files } = isSharded
    ? await readShards(path)
    : await readOne(await find(path, "model.safetensors"));
  return {
    path,
    weights: withKnownNames(weights),
    hashes: {
      "config.json": await hashFile(config),
      ...await hashAll(files),
      ...hub && { model: hub.source },
      ...hub?.licence && { licence: hub.licence },
    },
  };
}

/** Weights in one file. */
async function readOne(file: string): Promise<Weights> {
  // A hub's cache consists of links, which onnxruntime does not follow out of a folder.
  const path = await Deno.realPath(file);
  const weights = await readSafetensorsHeader(path);
  return { weights, files: { "model.safetensors": path } };
}

async function hashAll(
  files: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {};
  for (const [name, path] of Object.entries(files)) {
    hashes[name] = await hashFile(path);
  }
  return hashes;
}

/** The model of that name in a hub's cache; `undefined` when `folder` exists or it is not a hub's name. */
async function modelAtHub(
  model: string,
  folder: string,
  report: PluginContext["report"],
): Promise<HubModel | undefined> {
  const id = parseHubId(model);
  if (id === undefined || await isFolder(folder)) return undefined;
  return await downloadModel(await openHub(report && { report }), id);
}

async function find(folder: string, file: string): Promise<string> {
  const path = join(folder, file);
  if (await exists(path)) return path;
  throw new ConfigError(
    "encoder.model",
    `Cannot find "${file}" in "${folder}": ${await whatIsThere(folder)}` +
      "; give a folder with config.json and model.safetensors, or model.safetensors.index.json and the files it lists, as Hugging Face publishes them",
  );
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((found) => found.isDirectory, () => false);
}

async function exists(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    // A file where a folder should be.
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

async function whatIsThere(folder: string): Promise<string> {
  try {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(folder)) names.push(name);
    const some = names.sort().slice(0, 5).map((name) => `"${name}"`);
    return names.length === 0 ? "it is empty" : `it holds ${some.join(", ")}`;
  } catch {
    return "there is no such folder";
  }
}

/**
 * Reads a JSON file of a model and checks it against `schema`; `undefined`
 * when there is no such file.
 *
 * @throws {FormatError} When it is not JSON or does not match `schema`.
 */
export async function readSettings<S extends z.ZodType>(
  folder: Pick<ModelFolder, "path">,
  file: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const path = join(folder.path, file);
  if (!await exists(path)) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(await Deno.readTextFile(path));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new FormatError(path, `Cannot read "${path}": it is not JSON`, {
      cause,
    });
  }
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const issues = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `"${path.join(".")}": ${message}`
  );
  throw new FormatError(path, `Cannot use "${path}": ${issues.join("; ")}`);
}

/** The folder of the files with the weights. */
export function weightsFolder({ weights }: ModelFolder): string {
  return dirname(weights.path);
}
