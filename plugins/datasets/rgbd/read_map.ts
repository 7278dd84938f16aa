/**
 * Reads a depth map from an NPY, PFM or PNG file.
 *
 * @module
 */
import { readNpyMap } from "./read_npy_map.ts";
import { readPfm } from "./read_pfm.ts";
import { readPng } from "./read_png.ts";
import type { StoredMap } from "./stored_map.ts";

/**
 * Reads a map by its file extension: NPY, PFM, or else PNG, which must have
 * `bits` bits if given.
 *
 * @throws {Error} When it cannot be read; the message is only the reason.
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
