/**
 * Decodes JPEG, PNG, WebP and GIF files.
 *
 * @module
 */
import { ExampleError, type RgbImage } from "../../../mod.ts";
import { isCmyk, rgbOfInks } from "./cmyk.ts";
import { whyDamaged } from "./why_damaged.ts";

/** Larger pictures are refused: this many pixels take 300 MB once decoded. */
const maxPixels = 100_000_000;

/** Loaded with the first picture, since the native library needs permissions of its own. */
async function loadSharp() {
  const { default: sharp } = await import("sharp");
  // Many pictures are decoded at once, one thread each, and none twice.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/**
 * Decodes a JPEG, PNG, WebP or GIF file to 8-bit RGB, turned upright by its
 * EXIF orientation. As in PIL's `convert("RGB")`, with which the encoders were
 * trained, alpha is dropped, colour profiles are ignored and CMYK is converted;
 * 16-bit values keep their upper 8 bits; an animation gives its first frame.
 *
 * @throws {ExampleError} When the file is not such a picture, is truncated, or
 * has more than 100 million pixels.
 */
export async function decodeImage(
  id: string,
  bytes: Uint8Array,
): Promise<RgbImage> {
  checkSignature(id, bytes);
  const sharp = await loadSharp();
  const inks = isCmyk(bytes);
  try {
    const image = sharp(bytes, {
      // Truncation is an error; stray bytes that every viewer ignores are not.
      failOn: "error",
      autoOrient: true,
      ignoreIcc: true,
      limitInputPixels: maxPixels,
    });
    const pixels = inks
      ? image.pipelineColourspace("cmyk").toColourspace("cmyk")
      : image.toColourspace("srgb").removeAlpha();
    const { data: { buffer, byteOffset, byteLength }, info } = await pixels
      .raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
    const data = new Uint8Array(buffer, byteOffset, byteLength);
    return {
      data: inks ? rgbOfInks(data) : data,
      width: info.width,
      height: info.height,
    };
  } catch (cause) {
    throw new ExampleError(
      id,
      `Cannot decode "${id}": ${reason(cause, bytes)}`,
      {
        cause,
      },
    );
  }
}

/** The EXIF orientation by which {@linkcode decodeImage} turns a file's picture: 1 to 8, 1 where it is upright. */
export async function orientationOf(bytes: Uint8Array): Promise<number> {
  const sharp = await loadSharp();
  const { orientation = 1 } = await sharp(bytes).metadata();
  return orientation;
}

/** The first bytes of files that can be decoded. */
const known = /^(\xff\xd8\xff|\x89PNG|RIFF.{4}WEBP|GIF8[79]a)/s;

/** Other picture formats, by their first bytes. */
const others: readonly (readonly [start: RegExp, kind: string])[] = [
  [/^.{4}ftyp(hei|hev|mif|msf|avi)/s, "a HEIC or AVIF file"],
  [/^(II\*\0|MM\0\*)/, "a TIFF"],
  [/^BM.{4}\0{4}/s, "a BMP"],
];

/** libvips would also read SVG, PDF and more, which are in a picture set by mistake only. */
function checkSignature(id: string, bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (known.test(start)) return;
  const other = others.find(([pattern]) => pattern.test(start));
  const why = other
    ? `it is ${other[1]}; convert it to JPEG, PNG or WebP`
    : start === ""
    ? "it is empty"
    : `it begins with ${
      JSON.stringify(start)
    }, which is not how a JPEG, PNG or WebP begins`;
  throw new ExampleError(id, `Cannot decode "${id}": ${why}`);
}

/** Words that are the same from run to run: only sharp's own message is of this picture for certain. */
function reason(cause: unknown, bytes: Uint8Array): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message.startsWith("Input image exceeds pixel limit")
    ? `it has more than ${maxPixels} pixels`
    : whyDamaged(bytes);
}
