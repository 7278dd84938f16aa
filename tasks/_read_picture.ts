/**
 * A file in, its pixels out.
 *
 * @module
 */
import type { RgbImage } from "../core/dataset.ts";
import { ExampleError } from "../core/errors.ts";
import { decodeImage } from "../plugins/datasets/decode_image.ts";
import type { PictureFile } from "./_picture_files.ts";

/**
 * Reads a picture as a dataset would: upright, 8-bit RGB. Beside what datasets
 * hold it may be a GIF, of which the first frame is taken.
 *
 * @throws {ExampleError} When it cannot be read or decoded.
 */
export async function readPicture(
  { name, path }: Pick<PictureFile, "name" | "path">,
): Promise<RgbImage> {
  const bytes = await readFile(name, path);
  return await decodeImage(
    name,
    isGif(bytes) ? await asPng(name, bytes) : bytes,
  );
}

async function readFile(name: string, path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (cause as Error).message;
    throw new ExampleError(name, `Cannot read "${name}": ${why}`, { cause });
  }
}

function isGif(bytes: Uint8Array): boolean {
  return /^GIF8[79]a/.test(String.fromCharCode(...bytes.subarray(0, 6)));
}

async function asPng(name: string, bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  try {
    return await sharp(bytes, { failOn: "error" }).png({ compressionLevel: 0 })
      .toBuffer();
  } catch (cause) {
    throw new ExampleError(
      name,
      `Cannot decode "${name}": ${(cause as Error).message.split("\n")[0]}`,
      { cause },
    );
  }
}
