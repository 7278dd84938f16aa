/**
 * Opens an index and checks that the latents it names exist.
 *
 * @module
 */
import { FormatError } from "../../../core/errors.ts";
import type { LatentIndex } from "../../../core/latents/latent_index.ts";
import {
  readLatentIndex,
  type StoredIndex,
} from "../../../core/latents/read_latent_index.ts";

/**
 * Reads and checks the index in `folder`.
 *
 * @throws {FormatError} When there is none, or its parts do not fit together.
 */
export async function openIndex(folder: string): Promise<StoredIndex> {
  const index = await readLatentIndex(folder);
  const wrong = whatIsWrong(index);
  if (wrong === undefined) return index;
  throw new FormatError(
    folder,
    `Cannot use the index in "${folder}": ${wrong}; make it again with: deno task index <run>`,
  );
}

/** Checks the numbers inside, which the reader does not. */
function whatIsWrong(
  { info: { dSae }, alike, together }: LatentIndex,
): string | undefined {
  const beyond = [alike, together]
    .some(({ latent }) => latent.some((other) => other >= dSae));
  return beyond ? `it names a latent beyond ${dSae}` : undefined;
}

/** Bytes that an index takes in memory. */
export function indexBytes(index: LatentIndex): number {
  const { top, chance, alike, together } = index;
  const arrays = [
    ...Object.values(index.columns),
    index.histogram,
    index.places,
    index.plane,
    ...[top, chance].flatMap((some) => [some.value, some.example, some.token]),
    ...[alike, together].flatMap((near) => [near.latent, near.cosine]),
  ];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
