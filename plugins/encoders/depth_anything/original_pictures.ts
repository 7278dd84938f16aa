/**
 * Prepares pictures as Depth Anything's original code does.
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

/** Options for {@linkcode originalPictures}. */
export interface OriginalPictures {
  /** The size of the result. */
  readonly size: Size;
  /** Whether pictures are first cropped evenly to that shape. */
  readonly trim: boolean;
}

/**
 * Writes `images` to `pixels`, `[images, 3, height, width]`, as `image2tensor`
 * does: numbers from 0 to 1, resized as by OpenCV's `INTER_CUBIC`, which does not
 * round and does not widen its filter where it shrinks, and normalised with
 * ImageNet's statistics. Other work can run between two pictures.
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
