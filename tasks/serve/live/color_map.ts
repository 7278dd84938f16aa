/**
 * Numbers in, colours out: for maps of what a model predicts.
 *
 * @module
 */
// @ts-types="npm:@types/d3-color@^3.1.3"
import { rgb } from "d3-color";
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import { interpolateInferno, interpolateViridis } from "d3-scale-chromatic";

/** Names of the colours: two that grow lighter, one with a middle. */
export type ColorMap = "viridis" | "inferno" | "blueOrange";

/** Colours of 256 steps. */
function steps(colourAt: (place: number) => string): readonly string[] {
  return Array.from({ length: 256 }, (_, step) => colourAt(step / 255));
}

const scales = {
  inferno: steps(interpolateInferno),
  viridis: steps(interpolateViridis),
} as const;

/** Blue to grey-white to orange, as dark on both sides: told apart without red and green. */
const middled = [
  "#08427f",
  "#2f7ac0",
  "#93c1e4",
  "#f3f2ef",
  "#f7bd84",
  "#df7a22",
  "#8c3f04",
];

/** The colour at a place from 0 to 1. */
export function colorOf(map: ColorMap, place: number): string {
  const within = Math.min(1, Math.max(0, place));
  if (map !== "blueOrange") return scales[map][Math.round(255 * within)]!;
  const at = within * (middled.length - 1);
  const first = Math.min(middled.length - 2, Math.floor(at));
  const [a, b] = [rgb(middled[first]!), rgb(middled[first + 1]!)];
  const mix = (from: number, to: number) => from + (to - from) * (at - first);
  return rgb(mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)).formatHex();
}

/** Numbers from `low` to `high`, and the colours of these. */
export interface ColorRange {
  /** The colours. */
  readonly map: ColorMap;
  /** What has the first colour, and what is below it. */
  readonly low: number;
  /** What has the last colour, and what is above it. */
  readonly high: number;
}

/** Where a number lies in a range, from 0 to 1; the middle of one that is empty. */
export function placeIn(
  { low, high }: Pick<ColorRange, "low" | "high">,
  value: number,
): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/** A map with a number for each place, row by row. */
export interface NumberMap {
  /** The numbers. */
  readonly data: ArrayLike<number>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Longest side of a map that is sent. */
const longestSide = 384;

/** The bytes of a PNG of a map; what is no number is left clear. */
export async function mapPng(
  { data, width, height }: NumberMap,
  range: ColorRange,
): Promise<Uint8Array<ArrayBuffer>> {
  const table = tableOf(range.map), pixels = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const value = data[i]!;
    if (!Number.isFinite(value)) continue;
    const place = Math.min(1, Math.max(0, placeIn(range, value)));
    const from = 3 * Math.round(255 * place);
    pixels.set(table.subarray(from, from + 3), 4 * i);
    pixels[4 * i + 3] = 255;
  }
  // Loaded here: its native library asks for permissions of its own.
  const { default: sharp } = await import("sharp");
  const image = sharp(pixels, { raw: { width, height, channels: 4 } });
  if (Math.max(width, height) > longestSide) {
    image.resize(longestSide, longestSide, { fit: "inside" });
  }
  return new Uint8Array(await image.png().toBuffer());
}

/** {@linkcode mapPng} as an address that holds it. */
export async function mapDataUrl(map: NumberMap, range: ColorRange) {
  const png = await mapPng(map, range);
  return `data:image/png;base64,${png.toBase64()}`;
}

function tableOf(map: ColorMap): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 256 }, (_, step) => {
      const { r, g, b } = rgb(colorOf(map, step / 255));
      return [r, g, b];
    }).flat(),
  );
}

/** A map to lie over a picture, from 0 to `high`: nearly opaque where it is large, as in `static/heat.js`. */
export async function overlayDataUrl(
  { data, width, height }: NumberMap,
  high: number,
): Promise<string> {
  const table = tableOf("inferno"), pixels = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const value = Number.isFinite(data[i]) ? data[i]! : 0;
    const place = Math.min(1, Math.max(0, high > 0 ? value / high : 0));
    const from = 3 * Math.round(255 * place);
    pixels.set(table.subarray(from, from + 3), 4 * i);
    pixels[4 * i + 3] = 120 + 95 * place;
  }
  const { default: sharp } = await import("sharp");
  const raw = { width, height, channels: 4 } as const;
  const png = await sharp(pixels, { raw }).png().toBuffer();
  return `data:image/png;base64,${png.toString("base64")}`;
}
