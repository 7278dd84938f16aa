/**
 * Hashes of files.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** SHA-256 of the file at `path`, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  return await digest(path, "sha256");
}

/** The git blob hash of the file at `path`, in hexadecimal: SHA-1 of its length and bytes. */
export async function gitHash(path: string): Promise<string> {
  const { size } = await Deno.stat(path);
  return await digest(path, "sha1", `blob ${size}\0`);
}

/** Reads in pieces, since the file may not fit in memory. */
async function digest(
  path: string,
  algorithm: string,
  before = "",
): Promise<string> {
  const hash = createHash(algorithm).update(before);
  using file = await Deno.open(path);
  const piece = new Uint8Array(1 << 22);
  for (
    let read = await file.read(piece);
    read !== null;
    read = await file.read(piece)
  ) {
    hash.update(piece.subarray(0, read));
  }
  return hash.digest("hex");
}
