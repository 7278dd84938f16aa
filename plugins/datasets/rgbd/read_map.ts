/**
 * The bytes of a file of depth in, its numbers out.
 *
 * @module
 */
import { readNpyMap } from "./read_npy_map.ts";
import { readPfm } from "./read_pfm.ts";
import { readPng } from "./read_png.ts";
import type { StoredMap } from "./stored_map.ts";

/**
 * Reads a file by the end of its name: NPY, PFM, or else PNG, which has `bits`
 * if they are given.
 *
 * @throws {Error} When it cannot be read: with the reason alone.
 */
export async function readMap(
  name: string,
  bytes: Uint8Array,
  bits?: 8 | 16,
): Promise<StoredMap> {
  if (/\.npy$/i.test(name)) return readNpyMap(bytes);
  if (/\.pfm$/i.test(name)) return readPfm(bytes);
  return await readPng(bytes, bits);
}
