/**
 * Reads the file of a picture.
 *
 * @module
 */
import type { RgbImage } from "../../core/dataset.ts";
import { ExampleError } from "../../core/errors.ts";
import { decodeImage } from "../../plugins/datasets/sources/decode_image.ts";
import type { PictureFile } from "./picture_files.ts";

/**
 * Reads a picture as a dataset would: upright, 8-bit RGB.
 *
 * @throws {ExampleError} When it cannot be read or decoded.
 */
export async function readPicture(
  { name, path }: Pick<PictureFile, "name" | "path">,
): Promise<RgbImage> {
  return await decodeImage(name, await readFile(name, path));
}

async function readFile(name: string, path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new ExampleError(name, `Cannot read "${name}": ${whyNot(cause)}`, {
      cause,
    });
  }
}

function whyNot(cause: unknown): string {
  const { NotCapable, NotFound } = Deno.errors;
  // A link in a folder may be broken.
  if (cause instanceof NotFound) return "there is no such file";
  return cause instanceof NotCapable
    ? "it is not a plain file; save the picture in one"
    : (cause as Error).message;
}
