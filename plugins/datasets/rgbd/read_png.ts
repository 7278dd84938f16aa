/**
 * Reads a map from a grey PNG.
 *
 * @module
 */
import type { StoredMap } from "./stored_map.ts";

/** Larger maps are refused, as larger pictures are. */
const maxPixels = 100_000_000;

/** The types of pixel by their number in the header: https://www.w3.org/TR/png/#11IHDR. */
const colours: Readonly<Record<number, string>> = {
  0: "grey",
  2: "RGB",
  3: "palette",
  4: "grey with alpha",
  6: "RGB with alpha",
};

/**
 * Reads an 8-bit or 16-bit grey PNG without losing a bit.
 *
 * @throws {Error} When it is not such a PNG, does not have `bits` bits, or is truncated; the message is only the reason.
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
    .removeAlpha() // a tRNS chunk makes one grey transparent
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
  if (bytes.length === 0) throw new Error("it is empty");
  if (bytes.length < 33 || signature.some((byte, i) => bytes[i] !== byte)) {
    throw new Error("it does not begin like a PNG");
  }
  const depth = bytes[24]!, colour = bytes[25]!;
  const is = `it is a PNG of ${depth}-bit ${colours[colour] ?? "pixels"}`;
  if (colour !== 0 || depth !== 8 && depth !== 16) {
    throw new Error(`${is}, but depth is 8-bit or 16-bit grey`);
  }
  if (bits !== undefined && depth !== bits) {
    throw new Error(
      `${is}, but ${bits} bits are expected: set scale, the metres per unit, to read any bit depth`,
    );
  }
  return depth;
}
