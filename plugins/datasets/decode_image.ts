/**
 * The bytes of a JPEG, PNG or WebP file in, pixels out.
 *
 * @module
 */
import { ExampleError, type RgbImage } from "tessera";

/** Files with these endings, in either case, are pictures. */
export const imageExtensions: readonly string[] = [
  ".jpg",
  ".jpeg",
  ".png",
  ".webp",
];

/** Whether a path names a picture, by its ending; hidden ones (`a/._b.jpg`, `.a/b.jpg`) are left out. */
export function isImageName(path: string): boolean {
  const name = path.toLowerCase();
  return !/(^|\/)\./.test(name) &&
    imageExtensions.some((extension) => name.endsWith(extension));
}

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
 * Decodes a JPEG, PNG or WebP file to 8-bit RGB, upright as its EXIF
 * orientation says. Alpha is dropped and colour profiles are ignored, as by
 * PIL's `convert("RGB")`, which is how the encoders were trained; 16-bit values
 * keep their upper 8 bits; of an animation, the first frame is decoded.
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
  try {
    const { data, info } = await sharp(bytes, {
      // Truncation is an error, a stray byte that every viewer overlooks is none.
      failOn: "error",
      autoOrient: true,
      ignoreIcc: true,
      limitInputPixels: maxPixels,
    }).toColourspace("srgb").removeAlpha().raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return {
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      width: info.width,
      height: info.height,
    };
  } catch (cause) {
    throw new ExampleError(id, `Cannot decode "${id}": ${reason(cause)}`, {
      cause,
    });
  }
}

/** libvips would read SVG, PDF and more; a picture set holds them by mistake only. */
function checkSignature(id: string, bytes: Uint8Array): void {
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  if (/^RIFF.{4}WEBP/s.test(start)) return;
  if (["\xff\xd8\xff", "\x89PNG"].some((x) => start.startsWith(x))) return;
  throw new ExampleError(
    id,
    bytes.length === 0
      ? `Cannot decode "${id}": it has no bytes`
      : `Cannot decode "${id}": it begins with ${
        JSON.stringify(start)
      }, which is no JPEG, PNG or WebP`,
  );
}

/** The first line of what libvips says. */
function reason(cause: unknown): string {
  const [line = ""] = String(cause instanceof Error ? cause.message : cause)
    .split("\n");
  return line === "Input image exceeds pixel limit"
    ? `it has more than ${maxPixels} pixels`
    : line.replace("Input buffer has corrupt header: ", "");
}
