/**
 * What is known of each latent in, the files of a run's `index/` out; and back.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { FormatError } from "./errors.ts";
import { type Exemplars, exemplars } from "./exemplars.ts";
import { histogramBins } from "./latent_counts.ts";
import type { Neighbours } from "./neighbours.ts";
import { replaceTextFile } from "./replace_file.ts";
import {
  type Dtype,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  tensorOf,
  type TensorToWrite,
  writeSafetensors,
} from "./safetensors.ts";

/** What an index is of: `index.json`. */
export interface IndexInfo {
  /** Version of the files. */
  readonly version: 1;
  /** The hash of the run's settings. */
  readonly run: string;
  /** Number of latents. */
  readonly dSae: number;
  /** Patch rows and columns. */
  readonly grid: readonly [rows: number, cols: number];
  /** Pictures that were looked at. */
  readonly images: number;
  /** Pictures that could not be decoded. */
  readonly skipped: number;
  /** Patches of these pictures. */
  readonly tokens: number;
  /** Pictures kept for each latent: those with the largest values, and some by chance. */
  readonly slots: { readonly top: number; readonly chance: number };
  /** Latents that are near each one, in each of two ways. */
  readonly neighbours: number;
  /** The label that purity is of; null where the pictures have none. */
  readonly label: string | null;
}

/** What is known of each latent. */
export interface LatentIndex {
  /** What it is of. */
  readonly info: IndexInfo;
  /**
   * One number for each latent, `[dSae]`, by name: `density` share of tokens on
   * which it fires, `pictures` share of pictures in which it does, `mean` of its
   * values where it fires, `max` of them, `spread` how evenly it fires over the
   * grid (see {@linkcode placeEntropy}), `purity` the share of its top pictures
   * that have their most common label, where there are labels.
   */
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** How many of its values fell in each bin, `[dSae, histogramBins]`. */
  readonly histogram: Uint32Array;
  /** The sum of its values at each patch, `[dSae, rows · cols]`. */
  readonly places: Float32Array;
  /** Pictures with its largest values. */
  readonly top: Exemplars;
  /** Pictures where it fires, by chance, the largest value first. */
  readonly chance: Exemplars;
  /** Latents whose directions in `W_dec` are nearest. */
  readonly alike: Neighbours;
  /** Latents that fire together with it most. */
  readonly together: Neighbours;
  /** Its direction in the plane that shows most of the dictionary, `[dSae, 2]`. */
  readonly plane: Float32Array;
}

/** An index on the disk, without the maps of its pictures, which are read one latent at a time. */
export interface StoredIndex extends LatentIndex {
  /** The maps of a latent's pictures, `[slots, rows · cols]`; see {@linkcode Exemplars}. */
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

/** Writes an index to `folder`: the description last, so that half an index is none. */
export async function writeLatentIndex(
  folder: string,
  index: LatentIndex,
): Promise<void> {
  const { info, top, chance, alike, together } = index, { dSae } = info;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.remove(join(folder, "index.json")).catch(() => {});
  const tokens = info.grid[0] * info.grid[1];
  const pictures = (
    name: string,
    { slots, value, example, token }: Exemplars,
  ) => ({
    [`${name}.value`]: of("F32", [dSae, slots], value),
    [`${name}.example`]: of("I32", [dSae, slots], example),
    [`${name}.token`]: of("U16", [dSae, slots], token),
  });
  const near = (name: string, { count, latent, cosine }: Neighbours) => ({
    [`${name}.latent`]: of("I32", [dSae, count], latent),
    [`${name}.cosine`]: of("F32", [dSae, count], cosine),
  });
  await writeSafetensors(join(folder, "latents.safetensors"), {
    ...Object.fromEntries(
      Object.entries(index.columns)
        .map(([name, data]) => [`columns.${name}`, of("F32", [dSae], data)]),
    ),
    histogram: of("U32", [dSae, histogramBins], index.histogram),
    places: of("F32", [dSae, tokens], index.places),
    plane: of("F32", [dSae, 2], index.plane),
    ...pictures("top", top),
    ...pictures("chance", chance),
    ...near("alike", alike),
    ...near("together", together),
  });
  await writeSafetensors(join(folder, "maps.safetensors"), {
    top: of("U8", [dSae, top.slots, tokens], top.map),
    chance: of("U8", [dSae, chance.slots, tokens], chance.map),
  });
  await replaceTextFile(
    join(folder, "index.json"),
    `${JSON.stringify(info, null, 2)}\n`,
  );
}

function of(
  dtype: Dtype,
  shape: readonly number[],
  data: ArrayBufferView,
): TensorToWrite {
  return { dtype, shape, data };
}

/**
 * Reads the index in `folder`.
 *
 * @throws {FormatError} When there is none, it is half written or of another version.
 */
export async function readLatentIndex(folder: string): Promise<StoredIndex> {
  const info = await readInfo(join(folder, "index.json"));
  const header = await readSafetensorsHeader(
    join(folder, "latents.safetensors"),
  );
  const maps = await readSafetensorsHeader(join(folder, "maps.safetensors"));
  const read = (name: string): Promise<ArrayBuffer> => bytesOf(header, name);
  const floats = async (name: string) => new Float32Array(await read(name));
  const integers = async (name: string) => new Int32Array(await read(name));
  const { dSae, slots, neighbours } = info;
  const pictures = async (name: "top" | "chance"): Promise<Exemplars> => ({
    ...exemplars(0, slots[name], info.grid[0] * info.grid[1]),
    value: await floats(`${name}.value`),
    example: await integers(`${name}.example`),
    token: new Uint16Array(await read(`${name}.token`)),
  });
  const near = async (name: string): Promise<Neighbours> => ({
    count: neighbours,
    latent: await integers(`${name}.latent`),
    cosine: await floats(`${name}.cosine`),
  });
  const names = [...header.tensors.keys()]
    .filter((name) => name.startsWith("columns."));
  const columns: Record<string, Float32Array> = {};
  for (const name of names) columns[name.slice(8)] = await floats(name);
  return {
    info,
    columns,
    histogram: new Uint32Array(await read("histogram")),
    places: await floats("places"),
    plane: await floats("plane"),
    top: await pictures("top"),
    chance: await pictures("chance"),
    alike: await near("alike"),
    together: await near("together"),
    maps(of, latent) {
      const { offset, length } = tensorOf(maps, of);
      return readPart(
        maps.path,
        offset + latent * length / dSae,
        length / dSae,
      );
    },
  };
}

async function readInfo(path: string): Promise<IndexInfo> {
  const text = await Deno.readTextFile(path).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new FormatError(
      path,
      `Cannot find "${path}": the run has no index; make one with: deno task index <run>`,
      { cause },
    );
  });
  const { success, data } = infoSchema.safeParse(parsed(text));
  if (success) return data;
  throw new FormatError(
    path,
    `Cannot use "${path}": it is no index of version 1; make it again with: deno task index <run>`,
  );
}

/** What a JSON text says; nothing where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function bytesOf(
  header: SafetensorsHeader,
  name: string,
): Promise<ArrayBuffer> {
  return (await readTensorBytes(header, name)).buffer;
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
