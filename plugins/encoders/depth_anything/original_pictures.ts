/**
 * Pictures in, the numbers that Depth Anything's original code makes of them out.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { resizeMap, type RgbImage } from "../../../mod.ts";
import {
  imagenetStatistics,
  type Size,
  trimTo,
} from "../pictures/preprocess.ts";

/** How {@linkcode originalPictures} makes them. */
export interface OriginalPictures {
  /** Their size. */
  readonly size: Size;
  /** Whether what is too wide or too high for that shape is cut off first. */
  readonly trim: boolean;
}

/**
 * Writes `images` to `pixels`, `[images, 3, height, width]`, as `image2tensor`
 * does: in numbers from 0 to 1, resized as OpenCV's `INTER_CUBIC` does, which
 * is not rounded and does not widen where it shrinks, with ImageNet's
 * statistics. Other work has its turn between two pictures.
 */
export async function originalPictures(
  images: readonly RgbImage[],
  { size, trim }: OriginalPictures,
  pixels: Float32Array,
): Promise<void> {
  const { mean, std } = imagenetStatistics;
  const length = size.width * size.height;
  for (const [i, image] of images.entries()) {
    const whole = trim ? trimTo(image, size) : image;
    for (const channel of [0, 1, 2] as const) {
      const map = { ...whole, data: plane(whole, channel) };
      const { data } = resizeMap(map, size, "bicubic");
      const start = (3 * i + channel) * length;
      for (let at = 0; at < length; at++) {
        pixels[start + at] = (data[at]! - mean[channel]) / std[channel];
      }
    }
    await setImmediate();
  }
}

/** One colour of a picture, from 0 to 1. */
function plane({ data }: RgbImage, channel: number): Float32Array {
  return Float32Array.from(
    { length: data.length / 3 },
    (_, at) => data[3 * at + channel]! / 255,
  );
}

/** In words, for provenance. */
export function describeOriginal({ size, trim }: OriginalPictures): string {
  const { mean, std } = imagenetStatistics;
  return [
    "original",
    ...(trim ? ["trim to shape"] : []),
    `resize ${size.width}x${size.height} cubic of floats`,
    `mean ${mean.join(" ")}`,
    `std ${std.join(" ")}`,
  ].join(", ");
}
