/**
 * Resizes, crops and normalises pictures for a network.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { RgbImage, View } from "../../../mod.ts";
import { type Filter, resize } from "./resize.ts";

/** Width and height in pixels. */
export interface Size {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
}

/** How a picture becomes a network's input. */
export interface Preprocessing {
  /** Stretch to a size, or keep the shape and bring the shorter side to a length. */
  readonly resize: Size | { readonly shortestEdge: number };
  /** Before that, crop evenly on both sides to the shape of `resize`. */
  readonly trim?: boolean;
  /** How new pixels are computed from old ones. */
  readonly filter: Filter;
  /** Then keep this much of the middle. */
  readonly crop?: Size;
  /** Then multiply by this. */
  readonly scale: number;
  /** Then add this; nothing when absent. */
  readonly offset?: number;
  /** Whether red and blue then change places. */
  readonly flips?: boolean;
  /** Then subtract this from red, green and blue. */
  readonly mean: readonly [red: number, green: number, blue: number];
  /** Then divide them by this. */
  readonly std: readonly [red: number, green: number, blue: number];
}

/** Maps 0 … 255 to −1 … 1. */
export const halfStatistics = {
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
} as const;

/** Mean and standard deviation of ImageNet's colours, as torchvision gives them. */
export const imagenetStatistics = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;

/** The size of the result, if it does not depend on the picture. */
export function outputSize({ resize, crop }: Preprocessing): Size | undefined {
  return crop ?? ("width" in resize ? resize : undefined);
}

/**
 * Writes `images` to `pixels`, `[images, 3, height, width]`, for a
 * preprocessing whose result has this size. Other work can run between two
 * pictures.
 */
export async function preprocess(
  images: readonly RgbImage[],
  preprocessing: Preprocessing,
  { width, height }: Size,
  pixels: Float32Array,
): Promise<void> {
  const length = 3 * width * height;
  const tables = [0, 1, 2].map((channel) => table(preprocessing, channel));
  for (const [i, image] of images.entries()) {
    const small = fit(image, preprocessing);
    const to = pixels.subarray(i * length, (i + 1) * length);
    tables.forEach((values, channel) => {
      const plane = to.subarray(channel * width * height);
      const from = preprocessing.flips ? 2 - channel : channel;
      spread(small.data, from, values, plane, width * height);
    });
    await setImmediate();
  }
}

/** Writes one colour of an interleaved picture, looked up in `table`. */
function spread(
  data: Uint8Array,
  channel: number,
  table: Float32Array,
  plane: Float32Array,
  pixels: number,
): void {
  for (let i = 0, at = channel; i < pixels; i++, at += 3) {
    plane[i] = table[data[at]!]!;
  }
}

/** What each of the 256 levels becomes, rounded to float32 at each step as in numpy. */
function table(
  { scale, offset = 0, mean, std }: Preprocessing,
  channel: number,
): Float32Array {
  const shift = Math.fround(mean[channel]!), by = Math.fround(std[channel]!);
  return Float32Array.from(
    { length: 256 },
    (_, level) => {
      const value = Math.fround(Math.fround(level * scale) + offset);
      return Math.fround(value - shift) / by;
    },
  );
}

/** Resizes and crops a picture, still in bytes. */
export function fit(image: RgbImage, preprocessing: Preprocessing): RgbImage {
  const { filter, crop, trim } = preprocessing;
  const { width, height } = resizedSize(image, preprocessing);
  const whole = trim ? trimTo(image, { width, height }) : image;
  const resized = resize(whole, width, height, filter);
  return crop ? cutOut(resized, middle(resized, crop)) : resized;
}

/** The part of a picture of this size that {@linkcode fit} keeps. */
export function viewOf(
  picture: Size,
  { resize, trim, crop }: Pick<Preprocessing, "resize" | "trim" | "crop">,
): View {
  const resized = resizedSize(picture, { resize });
  const whole = trim
    ? trimmed(picture, resized)
    : { left: 0, top: 0, width: picture.width, height: picture.height };
  if (!crop) return whole;
  const across = whole.width / resized.width;
  const down = whole.height / resized.height;
  const { left, top, width, height } = middle(resized, crop);
  return {
    left: whole.left + left * across,
    top: whole.top + top * down,
    width: width * across,
    height: height * down,
  };
}

function resizedSize(
  { width, height }: Size,
  { resize }: Pick<Preprocessing, "resize">,
): Size {
  if ("width" in resize) return resize;
  const short = resize.shortestEdge;
  const long = Math.trunc(
    short * Math.max(width, height) / Math.min(width, height),
  );
  return width <= height
    ? { width: short, height: long }
    : { width: long, height: short };
}

/** The largest middle part of a picture with the shape of `size`, in whole pixels. */
export function trimTo(image: RgbImage, size: Size): RgbImage {
  const part = trimmed(image, size);
  return part.width === image.width && part.height === image.height
    ? image
    : cutOut(image, part);
}

function trimmed(picture: Size, size: Size): View {
  const scale = Math.min(
    picture.width / size.width,
    picture.height / size.height,
  );
  return middle(picture, {
    width: Math.max(1, Math.round(size.width * scale)),
    height: Math.max(1, Math.round(size.height * scale)),
  });
}

/** The middle part of that size, in whole pixels. */
function middle(picture: Size, { width, height }: Size): View {
  const left = Math.floor((picture.width - width) / 2);
  const top = Math.floor((picture.height - height) / 2);
  return { left, top, width, height };
}

/** Copies a part of whole pixels; black where it reaches out of the picture. */
function cutOut(
  image: RgbImage,
  { left, top, width, height }: View,
): RgbImage {
  const data = new Uint8Array(width * height * 3);
  const first = Math.max(0, left), end = Math.min(image.width, left + width);
  for (let y = Math.max(0, -top); y < height && top + y < image.height; y++) {
    const row = (top + y) * image.width;
    const kept = image.data.subarray(3 * (row + first), 3 * (row + end));
    data.set(kept, 3 * (y * width + first - left));
  }
  return { data, width, height };
}

/** In words, for provenance: `"resize 224x224 bicubic, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"`. */
export function describePreprocessing(
  { resize, trim, filter, crop, scale, offset, flips, mean, std }:
    Preprocessing,
): string {
  const to = "width" in resize
    ? `${resize.width}x${resize.height}`
    : `shortest edge ${resize.shortestEdge}`;
  return [
    ...(trim ? ["trim to shape"] : []),
    `resize ${to} ${filter}`,
    ...(crop ? [`crop ${crop.width}x${crop.height}`] : []),
    ...(scale === 1 / 255 ? [] : [`scale ${scale}`]),
    ...(offset ? [`offset ${offset}`] : []),
    ...(flips ? ["blue, green, red"] : []),
    `mean ${mean.join(" ")}`,
    `std ${std.join(" ")}`,
  ].join(", ");
}
