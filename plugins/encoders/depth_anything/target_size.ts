/**
 * The size of a picture in, the size that Depth Anything takes it at out.
 *
 * @module
 */
import type { Size } from "../pictures/preprocess.ts";

/** Options for {@linkcode targetSize}. */
export interface TargetSizeOptions {
  /** Size in pixels that pictures are brought near to. */
  readonly near: Size;
  /** What width and height are multiples of. */
  readonly multiple: number;
  /** Whether neither side may be smaller than that size's, as in the original code (`lower_bound`). */
  readonly covering?: boolean;
}

/**
 * The size at which Depth Anything predicts a picture's depth at the picture's
 * own shape, as Hugging Face's `DPTImageProcessor` chooses it
 * (`keep_aspect_ratio`, `ensure_multiple_of`): one of the two scales that make
 * width or height fit `near`, the one that changes the picture less; then whole
 * multiples, halves to even ones as Python rounds. A side of no multiple becomes
 * one. With `covering` it is the larger scale, and no side is rounded to less
 * than `near`.
 *
 * @example
 * ```ts
 * import { targetSize } from "./target_size.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const near = { width: 518, height: 518 };
 * const size = targetSize({ width: 640, height: 480 }, { near, multiple: 14 });
 * deepEqual(size, { width: 686, height: 518 });
 * ```
 */
export function targetSize(
  { width, height }: Size,
  { near, multiple, covering = false }: TargetSizeOptions,
): Size {
  const across = near.width / width, down = near.height / height;
  const least = Math.abs(1 - across) < Math.abs(1 - down) ? across : down;
  const scale = covering ? Math.max(across, down) : least;
  const fit = (side: number, bound: number): number => {
    const patches = scale * side / multiple, whole = roundToEven(patches);
    return multiple * Math.max(
      1,
      covering && whole * multiple < bound ? Math.ceil(patches) : whole,
    );
  };
  return { width: fit(width, near.width), height: fit(height, near.height) };
}

/** To the nearest whole number, halves to the even one. */
function roundToEven(value: number): number {
  const floor = Math.floor(value), rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
