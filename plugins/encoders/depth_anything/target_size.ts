/**
 * The size at which Depth Anything takes a picture, near a given size but with
 * the shape of the picture.
 *
 * @module
 */
import type { Size } from "../pictures/preprocess.ts";

/** Options for {@linkcode targetSize}. */
export interface TargetSizeOptions {
  /** Size in pixels that the result should be near. */
  readonly near: Size;
  /** What width and height are multiples of. */
  readonly multiple: number;
  /** Whether no side may be smaller than in that size, as in the original code (`lower_bound`). */
  readonly covering?: boolean;
}

/**
 * The size at which Depth Anything predicts a picture's depth in the picture's
 * own shape, as Hugging Face's `DPTImageProcessor` chooses it
 * (`keep_aspect_ratio`, `ensure_multiple_of`). Of the two scales that make width
 * or height fit `near`, it takes the one that changes the picture less, and
 * rounds both sides to whole multiples, at least one; halves become even, as in
 * Python. With `covering` it takes the larger scale and rounds no side to less
 * than in `near`.
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
