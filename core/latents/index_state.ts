/**
 * An index under way in, a file that it goes on from out; and back.
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

/** How far an index is. */
interface IndexProgress {
  /** What is indexed, and how: a state of something else is not gone on from. */
  readonly key: string;
  /** Groups of pictures that were looked at. */
  groups: number;
  /** Pictures that were. */
  images: number;
  /** Pictures that could not be decoded. */
  skipped: number;
  /** What is known of each picture as a whole, by its index in the dataset. */
  readonly labels: Record<string, Readonly<Record<string, string | number>>>;
}

/** An index under way. */
export interface IndexState {
  /** How far it is. */
  readonly progress: IndexProgress;
  /** What is counted. */
  readonly counts: LatentCounts;
  /** Pictures with the largest values. */
  readonly top: Exemplars;
  /** Pictures by chance. */
  readonly chance: Exemplars;
  /** Codes of some tokens: which latents fire together. */
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

/** The arrays of a state by name, those of fixed size. */
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
 * Fills `fresh` with the state at `path` if that is whole and of the same
 * index. Says whether it did.
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

/** How far the index was; nothing when the file does not say so. */
function progressIn(
  header: SafetensorsHeader | undefined,
): IndexProgress | undefined {
  try {
    return JSON.parse(header?.metadata.progress ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}
