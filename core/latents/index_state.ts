/**
 * Saves and restores an unfinished index.
 *
 * @module
 */
import type { CodesSample } from "./codes_sample.ts";
import type { Exemplars } from "./exemplars.ts";
import type { LatentCounts } from "./latent_counts.ts";
import {
  type Dtype,
  readSafetensorsHeader,
  readTensorBytes,
  type SafetensorsHeader,
  writeSafetensors,
} from "../files/safetensors.ts";

/** How far an index has come. */
interface IndexProgress {
  /** What is indexed, and how: states saved for another run are ignored. */
  readonly key: string;
  /** Groups of pictures that have been looked at. */
  groups: number;
  /** Pictures that have been looked at. */
  images: number;
  /** Pictures that could not be decoded. */
  skipped: number;
  /** The labels of each picture, by its index in the dataset. */
  readonly labels: Record<string, Readonly<Record<string, string | number>>>;
}

/** An unfinished index. */
export interface IndexState {
  /** How far it has come. */
  readonly progress: IndexProgress;
  /** Counts for each latent. */
  readonly counts: LatentCounts;
  /** The pictures with the largest values. */
  readonly top: Exemplars;
  /** Pictures chosen at random. */
  readonly chance: Exemplars;
  /** The codes of some tokens, to find latents that fire together. */
  readonly sample: CodesSample;
}

type Arrays = Record<
  string,
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Uint8Array
>;

const dtypes: readonly [new (...args: never[]) => unknown, Dtype][] = [
  [Float64Array, "F64"],
  [Float32Array, "F32"],
  [Int32Array, "I32"],
  [Uint32Array, "U32"],
  [Uint16Array, "U16"],
  [Uint8Array, "U8"],
];

/** The arrays of fixed size in a state, by name. */
function arraysOf({ counts, top, chance }: IndexState): Arrays {
  const prefixed = (prefix: string, of: object): Arrays =>
    Object.fromEntries(
      Object.entries(of).filter(([, value]) => ArrayBuffer.isView(value))
        .map(([name, value]) => [`${prefix}.${name}`, value]),
    );
  return {
    ...prefixed("counts", counts),
    ...prefixed("top", top),
    ...prefixed("chance", chance),
  };
}

/** Writes a state to `path`. */
export async function saveIndexState(
  path: string,
  state: IndexState,
): Promise<void> {
  const { progress, sample } = state;
  const arrays: Arrays = {
    ...arraysOf(state),
    "sample.bounds": Float64Array.of(sample.share, sample.pairs),
    "sample.keys": Float64Array.from(sample.keys),
    "sample.offsets": Uint32Array.from(sample.offsets),
    "sample.latents": Uint32Array.from(sample.latents),
  };
  const tensors = Object.entries(arrays).map(([name, data]) => {
    const dtype = dtypes.find(([Type]) => data instanceof Type)![1];
    return [name, { dtype, shape: [data.length], data }] as const;
  });
  await writeSafetensors(path, Object.fromEntries(tensors), {
    progress: JSON.stringify(progress),
  });
}

/**
 * Fills `fresh` with the state at `path` if that is intact and belongs to the
 * same index. Returns whether it did.
 */
export async function loadIndexState(
  path: string,
  fresh: IndexState,
): Promise<boolean> {
  const header = await readSafetensorsHeader(path).catch(() => undefined);
  const progress = progressIn(header);
  if (!header || progress?.key !== fresh.progress.key) return false;
  for (const [name, array] of Object.entries(arraysOf(fresh))) {
    const bytes = await readTensorBytes(header, name);
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).set(bytes);
  }
  const numbers = async (name: string): Promise<Iterable<number>> => {
    const { buffer } = await readTensorBytes(header, `sample.${name}`);
    const isCount = name === "offsets" || name === "latents";
    return isCount ? new Uint32Array(buffer) : new Float64Array(buffer);
  };
  const { sample } = fresh;
  const [share, pairs] = await numbers("bounds") as Float64Array;
  Object.assign(sample, { share, pairs });
  for (const name of ["keys", "offsets", "latents"] as const) {
    sample[name].length = 0;
    for (const number of await numbers(name)) sample[name].push(number);
  }
  Object.assign(fresh.progress, progress);
  return true;
}

/** The progress in a header; undefined when it holds none. */
function progressIn(
  header: SafetensorsHeader | undefined,
): IndexProgress | undefined {
  try {
    return JSON.parse(header?.metadata.progress ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
