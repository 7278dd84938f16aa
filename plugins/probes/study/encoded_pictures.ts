/**
 * Reads and encodes pictures group by group, each once.
 *
 * @module
 */
import {
  type Encoder,
  type Hook,
  type HostTensors,
  mapAhead,
} from "../../../mod.ts";
import { readPictures, type StudyPicture } from "./pictures.ts";
import type { Study } from "./study.ts";
import type { EncodedPictures } from "./target.ts";

/** Options for {@linkcode encodedPictures}. */
interface EncodedPicturesOptions {
  /** Names of the hooks to read. */
  readonly hooks: readonly string[];
  /** Who is read there: the study's encoder when absent. */
  readonly encoder?: Encoder | undefined;
  /** Hooks of the study's encoder that must be read too: all that its target needs when absent. */
  readonly needed?: readonly string[];
}

/**
 * Each group of indices, read and encoded once. While one is used the next is
 * encoded and the two after that are decoded.
 */
export async function* encodedPictures(
  study: Pick<Study, "dataset" | "encoder" | "target" | "signal">,
  groups: Iterable<readonly number[]>,
  { hooks, encoder = study.encoder, needed = study.target.hooks }:
    EncodedPicturesOptions,
): AsyncGenerator<EncodedPictures> {
  const decoded = mapAhead(
    groups,
    2,
    (indices) => readPictures(study.dataset, indices),
  );
  yield* mapAhead(decoded, 1, async (pictures) => {
    study.signal?.throwIfAborted();
    return { pictures, activations: await encode(pictures) };
  });

  async function encode(
    pictures: readonly StudyPicture[],
  ): Promise<HostTensors> {
    if (pictures.length === 0) return {};
    const images = pictures.map(({ image }) => image);
    if (encoder === study.encoder) {
      return encoder.encode(images, [...new Set([...hooks, ...needed])]);
    }
    return {
      ...await encoder.encode(images, hooks),
      ...needed.length > 0 && await study.encoder.encode(images, needed),
    };
  }
}

/** The activations of `cells` of picture `at` of a group, `[cells, width]`. */
export function tokensAt(
  activations: HostTensors,
  at: number,
  { name, width, layout: { specials } }: Hook,
  cells: readonly number[],
): Float32Array {
  const { data, shape: [, tokens] } = activations[name]!;
  return rowsOf(data, width, cells, at * tokens! + specials);
}

/** Some rows of `data`, `[rows, width]`, counted from row `first`. */
export function rowsOf(
  data: Float32Array,
  width: number,
  rows: readonly number[],
  first = 0,
): Float32Array {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    const from = (first + row) * width;
    out.set(data.subarray(from, from + width), i * width);
  });
  return out;
}
