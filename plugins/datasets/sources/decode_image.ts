/**
 * The bytes of a JPEG, PNG, WebP or GIF file in, pixels out.
 *
 * @module
 */
import { ExampleError, type RgbImage } from "../../../mod.ts";
import { isCmyk, rgbOfInks } from "./cmyk.ts";

/** A picture larger than this is refused: 300 MB once decoded. */
const maxPixels = 100_000_000;

/** Loaded with the first picture: its native library asks for permissions of its own. */
async function loadSharp() {
  const { default: sharp } = await import("sharp");
  // Many pictures are decoded at once, each by one thread; none is met twice.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

/**
 * Decodes a JPEG, PNG, WebP or GIF file to 8-bit RGB, upright as its EXIF
 * orientation says. Alpha is dropped, colour profiles are ignored and CMYK is
 * converted as by PIL's `convert("RGB")`, which is how the encoders were
 * trained; 16-bit values keep their upper 8 bits; of an animation, the first
 * frame is decoded.
 *
 * @throws {ExampleError} When the file is no such picture, is truncated, or
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
      // Truncation is an error, a stray byte that every viewer overlooks is none.
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
    throw new ExampleError(id, `Cannot decode "${id}": ${reason(cause)}`, {
      cause,
    });
  }
}

/** How files begin that can be decoded. */
const known = /^(\xff\xd8\xff|\x89PNG|RIFF.{4}WEBP|GIF8[79]a)/s;

/** What else pictures come as, by how it begins. */
const others: readonly (readonly [start: RegExp, kind: string])[] = [
  [/^.{4}ftyp(hei|hev|mif|msf|avi)/s, "a HEIC or AVIF file"],
  [/^(II\*\0|MM\0\*)/, "a TIFF"],
  [/^BM.{4}\0{4}/s, "a BMP"],
];

/** libvips would read SVG, PDF and more; a picture set holds them by mistake only. */
function checkSignature(id: string, bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (known.test(start)) return;
  const other = others.find(([pattern]) => pattern.test(start));
  const why = other
    ? `it is ${other[1]}; convert it to JPEG, PNG or WebP`
    : start === ""
    ? "it has no bytes"
    : `it begins with ${JSON.stringify(start)}, which is no JPEG, PNG or WebP`;
  throw new ExampleError(id, `Cannot decode "${id}": ${why}`);
}

/** The first line of what libvips says, in words where it has none. */
function reason(cause: unknown): string {
  const [line = ""] = String(cause instanceof Error ? cause.message : cause)
    .split("\n");
  if (line === "Input image exceeds pixel limit") {
    return `it has more than ${maxPixels} pixels`;
  }
  const said = line.replace(/^Input buffer has corrupt header: */, "");
  return /^$|premature|read error|unable to parse/.test(said)
    ? `it is damaged or cut short${said === "" ? "" : ` (${said})`}`
    : said;
}
