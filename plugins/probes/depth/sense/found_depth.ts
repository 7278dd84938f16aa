/**
 * The true depth and the model's own at the places of the model's grid.
 *
 * @module
 */
import { alignTo, type DenseMap, type View } from "../../../../mod.ts";
import { isUsable } from "./depth_errors.ts";
import type { OwnDepth } from "../study/cell_targets.ts";

/** Inverse depth where depth is known; NaN elsewhere. */
export function inverseOf(depth: ArrayLike<number>): Float64Array {
  return Float64Array.from(
    depth,
    (metres) => metres > 0 && metres < Infinity ? 1 / metres : NaN,
  );
}

/** The true depth at the middle of each place of a grid over `view` of the map. */
export function truthAt(
  { data, width, height }: DenseMap,
  [rows, cols]: OwnDepth["grid"],
  view: View = { left: 0, top: 0, width, height },
): Float64Array {
  return Float64Array.from({ length: rows * cols }, (_, i) => {
    const [row, col] = [Math.floor(i / cols), i % cols];
    const y = Math.floor(view.top + (row + 0.5) * view.height / rows);
    const x = Math.floor(view.left + (col + 0.5) * view.width / cols);
    const within = y >= 0 && y < height && x >= 0 && x < width;
    return within ? data[y * width + x]! : NaN;
  });
}

/**
 * Depth from inverse depth without a unit: scaled and shifted in inverse depth
 * to fit the truth best, then turned round. What would lie farther than the
 * farthest true place, or behind the camera, is put there. What is NaN has no
 * part in the fit and stays NaN.
 */
export function alignedDepth(
  disparity: ArrayLike<number>,
  truth: ArrayLike<number>,
): Float64Array {
  const known = inverseOf(truth);
  // One infinite number would be all that the fit sees.
  const finite = Float64Array.from(
    disparity,
    (x) => Number.isFinite(x) ? x : NaN,
  );
  const { scale, shift } = alignTo(finite, known);
  const least = known.reduce((a, b) => b < a ? b : a, Infinity);
  return Float64Array.from(
    disparity,
    (x) => Number.isFinite(x) ? 1 / Math.max(scale * x + shift, least) : NaN,
  );
}

/**
 * Inverse depth at each place, whatever the model says; NaN where it says no
 * depth. As 1000 per metre, a depth of nothing at one place in a hundred would
 * decide every fit to the picture.
 */
export function disparityOf({ values, inverse }: OwnDepth): Float64Array {
  return Float64Array.from(
    values,
    (x) => inverse ? x : isUsable(x) ? 1 / x : NaN,
  );
}
