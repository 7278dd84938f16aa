/**
 * Depth as a PNG: 16-bit grey to compute with, or colours to look at.
 *
 * @module
 */
// @ts-types="npm:@types/d3-color@^3.1.3"
import { rgb } from "d3-color";
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import * as chromatic from "d3-scale-chromatic";
import type { DenseMap } from "../../core/dataset.ts";

/** Names of colour maps; `gray` has 16 bits, the others 8. */
export const colorMaps = [
  "gray",
  "inferno",
  "viridis",
  "magma",
  "cividis",
  "turbo",
] as const;

/** A colour map. */
export type Colors = typeof colorMaps[number];

const colorOf = {
  inferno: chromatic.interpolateInferno,
  viridis: chromatic.interpolateViridis,
  magma: chromatic.interpolateMagma,
  cividis: chromatic.interpolateCividis,
  turbo: chromatic.interpolateTurbo,
};

/** Smallest and largest value of a map. */
export interface Range {
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
}

/** Options of {@linkcode depthPng}. */
export interface DepthPngOptions extends Range {
  /** The colour map. */
  readonly colors: Colors;
  /** What the values mean, to be stored in the file. */
  readonly meaning: string;
}

/**
 * The bytes of a PNG of `map`, scaled so that `min` is black, or the first
 * colour, and `max` white, or the last. In 16-bit grey a value is
 * `min + grey · (max − min) / 65535`. A map with only one value is black. The
 * range and the meaning are in the file's EXIF description, so that the scaling
 * can be undone.
 */
export async function depthPng(
  map: DenseMap,
  { colors, meaning, ...range }: DepthPngOptions,
): Promise<Uint8Array> {
  const { width, height } = map;
  // Loaded only when needed: its native library asks for more permissions.
  const { default: sharp } = await import("sharp");
  const grey = colors === "gray";
  const values = grey
    ? scaled(map.data, range, new Uint16Array(map.data.length))
    : coloured(map.data, range, colorTable(colors));
  const image = sharp(values, {
    raw: { width, height, channels: grey ? 1 : 3 },
  });
  const { min, max } = range;
  const ImageDescription = grey
    ? `${meaning}; grey 0 is ${min}, 65535 is ${max}`
    : `${meaning}; from ${min} to ${max} in the colours of ${colors}`;
  return await (grey ? image.toColourspace("grey16") : image)
    .withExif({ IFD0: { ImageDescription } }).png().toBuffer();
}

/** `data`, scaled so that `min` is 0 and `max` the largest number that `to` holds. */
function scaled<T extends Uint8Array | Uint16Array>(
  data: Float32Array,
  { min, max }: Range,
  to: T,
): T {
  const scale = max > min
    ? (2 ** (8 * to.BYTES_PER_ELEMENT) - 1) / (max - min)
    : 0;
  for (let i = 0; i < data.length; i++) {
    to[i] = Math.round((data[i]! - min) * scale);
  }
  return to;
}

function coloured(
  data: Float32Array,
  range: Range,
  table: Uint8Array,
): Uint8Array {
  const steps = scaled(data, range, new Uint8Array(data.length));
  const colours = new Uint8Array(3 * data.length);
  for (let i = 0; i < data.length; i++) {
    const at = 3 * steps[i]!;
    for (let c = 0; c < 3; c++) colours[3 * i + c] = table[at + c]!;
  }
  return colours;
}

/** Red, green and blue of 256 steps of a colour map. */
function colorTable(name: Exclude<Colors, "gray">): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, step) => {
      const { r, g, b } = rgb(colorOf[name](step / 255));
      return [r, g, b];
    }).flat(),
  );
}
