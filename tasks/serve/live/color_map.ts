/**
 * Colour scales, and maps of numbers drawn with them.
 *
 * @module
 */
// @ts-types="npm:@types/d3-color@^3.1.3"
import { rgb } from "d3-color";
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import { interpolateInferno, interpolateViridis } from "d3-scale-chromatic";

/** The name of a colour scale: two grow lighter, `blueOrange` has a neutral middle. */
export type ColorMap = "viridis" | "inferno" | "blueOrange";

/** The colours of 256 steps of a scale. */
function steps(colourAt: (place: number) => string): readonly string[] {
  return Array.from({ length: 256 }, (_, step) => colourAt(step / 255));
}

const scales = {
  inferno: steps(interpolateInferno),
  viridis: steps(interpolateViridis),
} as const;

/** Blue to grey-white to orange, equally dark at both ends: colour-blind readers can tell them apart. */
const middled = [
  "#08427f",
  "#2f7ac0",
  "#93c1e4",
  "#f3f2ef",
  "#f7bd84",
  "#df7a22",
  "#8c3f04",
];

/** The colour at `place`, from 0 to 1, of a scale. */
export function colorOf(map: ColorMap, place: number): string {
  const within = Math.min(1, Math.max(0, place));
  if (map !== "blueOrange") return scales[map][Math.round(255 * within)]!;
  const at = within * (middled.length - 1);
  const first = Math.min(middled.length - 2, Math.floor(at));
  const [a, b] = [rgb(middled[first]!), rgb(middled[first + 1]!)];
  const mix = (from: number, to: number) => from + (to - from) * (at - first);
  return rgb(mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)).formatHex();
}

/** A range of numbers, and the colours that it is drawn in. */
export interface ColorRange {
  /** The colours. */
  readonly map: ColorMap;
  /** Numbers up to this have the first colour. */
  readonly low: number;
  /** Numbers from this on have the last colour. */
  readonly high: number;
}

/** Where a number lies in a range, from 0 to 1; 0.5 where the range is empty. */
export function placeIn(
  { low, high }: Pick<ColorRange, "low" | "high">,
  value: number,
): number {
  return high > low ? (value - low) / (high - low) : 0.5;
}

/** A grid of numbers, row by row. */
export interface NumberMap {
  /** The numbers. */
  readonly data: ArrayLike<number>;
  /** Columns. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** Longest side of a map that is sent, in pixels. */
const longestSide = 384;

/** A map as a PNG; cells that are not finite are transparent. */
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
  // Loaded on first use: its native library needs permissions of its own.
  const { default: sharp } = await import("sharp");
  const image = sharp(pixels, { raw: { width, height, channels: 4 } });
  if (Math.max(width, height) > longestSide) {
    image.resize(longestSide, longestSide, { fit: "inside" });
  }
  return new Uint8Array(await image.png().toBuffer());
}

/** {@linkcode mapPng} as a data URL. */
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

/** A map from 0 to `high` to lay over a picture, nearly opaque where it is large, as `static/heat.js` draws it. */
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
