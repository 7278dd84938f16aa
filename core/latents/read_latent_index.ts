/**
 * Reads what is known about each latent from a run's `index/`.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { z } from "zod";
import { FormatError } from "../errors.ts";
import { type Exemplars, exemplars } from "./exemplars.ts";
import { histogramBins } from "./latent_counts.ts";
import type { IndexInfo, LatentIndex } from "./latent_index.ts";
import type { Neighbours } from "./neighbours.ts";
import {
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  tensorOf,
} from "../files/safetensors.ts";

/** An index on disk. Maps are read one latent at a time, so `top.map` and `chance.map` are empty. */
export interface StoredIndex extends LatentIndex {
  /**
   * The maps of a latent's pictures, `[slots, rows · cols]`; see
   * {@linkcode Exemplars}.
   *
   * @throws {RangeError} When there is no such latent.
   * @throws {FormatError} When the file has been removed since.
   */
  maps(of: "top" | "chance", latent: number): Promise<Uint8Array>;
}

const count = z.int().nonnegative();

const infoSchema: z.ZodType<IndexInfo> = z.object({
  version: z.literal(1),
  run: z.string(),
  dSae: count,
  grid: z.tuple([count, count]),
  images: count,
  skipped: count,
  tokens: count,
  slots: z.object({ top: count, chance: count }),
  neighbours: count,
  label: z.string().nullable(),
});

/**
 * Reads the index in `folder`.
 *
 * @throws {FormatError} When there is none, or it is incomplete, damaged or in
 * another version's format; the message says how to make it again.
 */
export async function readLatentIndex(folder: string): Promise<StoredIndex> {
  const info = await readInfo(folder);
  const latents = await openTensors(folder, "latents.safetensors");
  const maps = await openTensors(folder, "maps.safetensors");
  const read = arrayReader(folder, latents, info);
  const { slots, neighbours, grid: [rows, cols] } = info;
  const pictures = async (name: "top" | "chance"): Promise<Exemplars> => ({
    ...exemplars(0, slots[name], rows * cols),
    value: new Float32Array(await read(`${name}.value`, 4 * slots[name])),
    example: new Int32Array(await read(`${name}.example`, 4 * slots[name])),
    token: new Uint16Array(await read(`${name}.token`, 2 * slots[name])),
  });
  const near = async (name: string): Promise<Neighbours> => ({
    count: neighbours,
    latent: new Int32Array(await read(`${name}.latent`, 4 * neighbours)),
    cosine: new Float32Array(await read(`${name}.cosine`, 4 * neighbours)),
  });
  const columns: Record<string, Float32Array> = {};
  for (const name of latents.tensors.keys()) {
    if (!name.startsWith("columns.")) continue;
    columns[name.slice(8)] = new Float32Array(await read(name, 4));
  }
  for (const name of ["top", "chance"] as const) {
    checkLength(folder, maps, name, info.dSae * slots[name] * rows * cols);
  }
  return {
    info,
    columns,
    histogram: new Uint32Array(await read("histogram", 4 * histogramBins)),
    places: new Float32Array(await read("places", 4 * rows * cols)),
    plane: new Float32Array(await read("plane", 8)),
    top: await pictures("top"),
    chance: await pictures("chance"),
    alike: await near("alike"),
    together: await near("together"),
    maps: (of, latent) => readMaps(folder, maps, info, { of, latent }),
  };
}

/** An error that says how to make the index again. */
function unusable(folder: string, why: string, cause?: unknown): FormatError {
  return new FormatError(
    folder,
    `Cannot use the index in "${folder}": ${why}; make it again with: deno task index ${
      dirname(folder)
    }`,
    { cause },
  );
}

async function readInfo(folder: string): Promise<IndexInfo> {
  const path = join(folder, "index.json");
  const text = await Deno.readTextFile(path).catch((cause) => {
    if (!isGone(cause)) throw cause;
    throw new FormatError(
      path,
      `Cannot find "${path}": the run has no complete index; make one with: deno task index ${
        dirname(folder)
      }`,
      { cause },
    );
  });
  const { success, data } = infoSchema.safeParse(parsed(text));
  if (success) return data;
  throw unusable(folder, "its index.json is not in version 1 format");
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound ||
    error instanceof Deno.errors.NotADirectory;
}

/** The value of a JSON text; undefined when it is not JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function openTensors(
  folder: string,
  name: string,
): Promise<SafetensorsHeader> {
  try {
    return await readSafetensorsHeader(join(folder, name));
  } catch (error) {
    if (isGone(error)) throw unusable(folder, `it has no ${name}`, error);
    if (!(error instanceof FormatError)) throw error;
    throw unusable(folder, error.message, error);
  }
}

/** Reads arrays that must hold `each` bytes per latent. */
function arrayReader(
  folder: string,
  header: SafetensorsHeader,
  { dSae }: IndexInfo,
) {
  return async (name: string, each: number): Promise<ArrayBuffer> => {
    checkLength(folder, header, name, dSae * each);
    return (await readTensorBytes(header, name)).buffer;
  };
}

function checkLength(
  folder: string,
  { path, tensors }: SafetensorsHeader,
  name: string,
  bytes: number,
): void {
  const found = tensors.get(name)?.length;
  if (found === bytes) return;
  throw unusable(
    folder,
    found === undefined
      ? `"${path}" holds no "${name}"`
      : `"${name}" in "${path}" has ${found} bytes, but its index.json asks for ${bytes}`,
  );
}

async function readMaps(
  folder: string,
  header: SafetensorsHeader,
  { dSae }: IndexInfo,
  { of, latent }: { of: "top" | "chance"; latent: number },
): Promise<Uint8Array> {
  if (!(Number.isInteger(latent) && latent >= 0 && latent < dSae)) {
    throw new RangeError(`Cannot find latent ${latent}: there are ${dSae}`);
  }
  const { offset, length } = tensorOf(header, of), each = length / dSae;
  try {
    return await readPart(header.path, offset + latent * each, each);
  } catch (error) {
    if (!isGone(error)) throw error;
    throw unusable(folder, "it was removed while it was open", error);
  }
}

async function readPart(
  path: string,
  offset: number,
  length: number,
): Promise<Uint8Array> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await file.read(bytes.subarray(at));
    if (read === null) {
      throw new FormatError(path, `Cannot read "${path}": it ended early`);
    }
    at += read;
  }
  return bytes;
}
