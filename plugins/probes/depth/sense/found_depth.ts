/**
 * The true depth and the model's own at the places of the model's grid.
 *
 * @module
 */
import { alignTo, type DenseMap, type View } from "../../../../mod.ts";
import type { OwnDepth } from "../study/cell_targets.ts";

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
 * farthest true place, or behind the camera, is put there.
 */
export function alignedDepth(
  disparity: ArrayLike<number>,
  truth: ArrayLike<number>,
): Float64Array {
  const known = Array.from(truth, (t) => t > 0 && t < Infinity ? 1 / t : NaN);
  const { scale, shift } = alignTo(disparity, known);
  const least = known.reduce((a, b) => b < a ? b : a, Infinity);
  return Float64Array.from(
    disparity,
    (x) => 1 / Math.max(scale * x + shift, least),
  );
}

/** Inverse depth at each place, whatever the model says. */
export function disparityOf({ values, inverse }: OwnDepth): Float64Array {
  return Float64Array.from(
    values,
    (x) => inverse ? x : 1 / Math.max(x, 1e-3),
  );
}
