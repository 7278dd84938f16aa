/**
 * The pixels under each cell of a grid.
 *
 * @module
 */
import type { TokenLayout, View } from "../../../mod.ts";

/** First and last + 1 of the pixels along one side. */
export type Stretch = readonly [first: number, end: number];

/**
 * Down and across a picture, the pixels of each row and column of a grid that
 * lies over `view` of it, all of it when absent. A pixel belongs to the cell that
 * its centre is in; a cell that is smaller than a pixel has the nearest one.
 */
export function cellPixels(
  { width, height }: Pick<View, "width" | "height">,
  [rows, cols]: TokenLayout["grid"],
  view: View = { left: 0, top: 0, width, height },
): { readonly ys: readonly Stretch[]; readonly xs: readonly Stretch[] } {
  return {
    ys: stretches(rows, view.top, view.height, height),
    xs: stretches(cols, view.left, view.width, width),
  };
}

function stretches(
  count: number,
  start: number,
  length: number,
  pixels: number,
): Stretch[] {
  return Array.from({ length: count }, (_, i) => {
    const from = Math.ceil(start + i * length / count - 0.5);
    const end = Math.ceil(start + (i + 1) * length / count - 0.5);
    const first = Math.min(pixels - 1, Math.max(0, from));
    return [first, Math.min(pixels, Math.max(first + 1, end))];
  });
}
