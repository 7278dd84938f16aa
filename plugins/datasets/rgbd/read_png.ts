/**
 * The bytes of a grey PNG in, its numbers out.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/** A map larger than this is refused, as a picture is. */
const maxPixels = 100_000_000;

/** What the header calls its types of pixel: https://www.w3.org/TR/png/#11IHDR. */
const colours: Readonly<Record<number, string>> = {
  0: "grey",
  2: "RGB",
  3: "palette",
  4: "grey with alpha",
  6: "RGB with alpha",
};

/**
 * Reads a PNG of 8 or 16 bits of grey, no bit of which is lost.
 *
 * @throws {Error} When it is none, has not `bits`, or is truncated: with the reason alone.
 */
export async function readPng(
  bytes: Uint8Array,
  bits?: 8 | 16,
): Promise<StoredMap> {
  const depth = checkHeader(bytes, bits);
  const { default: sharp } = await import("sharp");
  const image = sharp(bytes, {
    failOn: "error",
    ignoreIcc: true,
    limitInputPixels: maxPixels,
  });
  // Without the colourspace, 16 bits come out as 8 bits of RGB.
  const { data, info: { width, height } } = await image
    .toColourspace(depth === 16 ? "grey16" : "b-w")
    .removeAlpha() // of a grey that a tRNS chunk calls transparent
    .raw({ depth: depth === 16 ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const values = new Uint8Array(data);
  return {
    data: depth === 16 ? new Uint16Array(values.buffer) : values,
    width,
    height,
    whole: true,
  };
}

function checkHeader(bytes: Uint8Array, bits: 8 | 16 | undefined): 8 | 16 {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  if (bytes.length === 0) throw new Error("it has no bytes");
  if (bytes.length < 33 || signature.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("it does not begin as a PNG does");
  }
  const depth = bytes[24]!, colour = bytes[25]!;
  const is = `it is a PNG of ${depth}-bit ${colours[colour] ?? "pixels"}`;
  if (colour !== 0 || depth !== 8 && depth !== 16) {
    throw new Error(`${is}, depth is 8-bit or 16-bit grey`);
  }
  if (bits !== undefined && depth !== bits) {
    throw new Error(
      `${is}, ${bits} bits are expected: set scale to the metres that a value of 1 stands for to read any`,
    );
  }
  return depth;
}
