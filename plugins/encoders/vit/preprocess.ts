/**
 * Pictures in, the numbers a network expects out.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import type { RgbImage } from "../../../core/dataset.ts";
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
  /** First cut off, evenly on both sides, what is too wide or too high for the shape of `resize`. */
  readonly trim?: boolean;
  /** How new pixels are made of old ones. */
  readonly filter: Filter;
  /** Then cut this much out of the middle. */
  readonly crop?: Size;
  /** Then multiply by this. */
  readonly scale: number;
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

/** Size of the pictures that come out, when it does not depend on those that go in. */
export function outputSize({ resize, crop }: Preprocessing): Size | undefined {
  return crop ?? ("width" in resize ? resize : undefined);
}

/**
 * Writes `images` to `pixels`, `[images, 3, height, width]`, for a
 * preprocessing whose output is `size`. Other work has its turn between two
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
      spread(small.data, channel, values, plane, width * height);
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

/** What each of the 256 levels becomes, in float32 steps as numpy takes them. */
function table(
  { scale, mean, std }: Preprocessing,
  channel: number,
): Float32Array {
  const shift = Math.fround(mean[channel]!), by = Math.fround(std[channel]!);
  return Float32Array.from(
    { length: 256 },
    (_, level) => Math.fround(Math.fround(level * scale) - shift) / by,
  );
}

/** Resized and cropped, still in bytes. */
export function fit(image: RgbImage, preprocessing: Preprocessing): RgbImage {
  const { filter, crop, trim } = preprocessing;
  const { width, height } = resizedSize(image, preprocessing);
  const whole = trim ? trimTo(image, { width, height }) : image;
  const resized = resize(whole, width, height, filter);
  return crop ? cropMiddle(resized, crop) : resized;
}

function resizedSize(
  { width, height }: Size,
  { resize }: Preprocessing,
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

/** The largest middle part of a picture that has the shape of `size`, to a pixel. */
export function trimTo(image: RgbImage, size: Size): RgbImage {
  const scale = Math.min(image.width / size.width, image.height / size.height);
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  if (width === image.width && height === image.height) return image;
  return cropMiddle(image, { width, height });
}

function cropMiddle(image: RgbImage, { width, height }: Size): RgbImage {
  const left = Math.floor((image.width - width) / 2);
  const top = Math.floor((image.height - height) / 2);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { data, width, height };
}

/** In words, for provenance: `"resize 224x224 bicubic, mean 0.5 0.5 0.5, std 0.5 0.5 0.5"`. */
export function describePreprocessing(
  { resize, trim, filter, crop, scale, mean, std }: Preprocessing,
): string {
  const to = "width" in resize
    ? `${resize.width}x${resize.height}`
    : `shortest edge ${resize.shortestEdge}`;
  return [
    ...(trim ? ["trim to shape"] : []),
    `resize ${to} ${filter}`,
    ...(crop ? [`crop ${crop.width}x${crop.height}`] : []),
    ...(scale === 1 / 255 ? [] : [`scale ${scale}`]),
    `mean ${mean.join(" ")}`,
    `std ${std.join(" ")}`,
  ].join(", ");
}
