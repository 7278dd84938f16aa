/**
 * How the places of a prediction lie over the cells of a hook.
 *
 * @module
 */
import type { Hook, Prediction } from "../../../../mod.ts";

/** How predictions lie over a hook's cells. */
export interface Places {
  /** The cell of each place, `[places]`. */
  readonly cellOf: Uint32Array;
  /** Rows and columns of cells. */
  readonly grid: readonly [rows: number, cols: number];
  /** Whether the numbers are inverse depth. */
  readonly inverse: boolean;
}

/** The places of a prediction over the cells of `hook`: both grids cover the same part of a picture. */
export function placesOver(
  { layout: { grid } }: Pick<Hook, "layout">,
  { layout: { grid: [height, width] } }: Pick<Hook, "layout">,
  { inverse = false }: Pick<Prediction, "inverse">,
): Places {
  const [rows, cols] = grid;
  const cellOf = Uint32Array.from({ length: height * width }, (_, place) => {
    const [y, x] = [Math.floor(place / width), place % width];
    return Math.floor((y + 0.5) * rows / height) * cols +
      Math.floor((x + 0.5) * cols / width);
  });
  return { cellOf, grid, inverse };
}

/** The mean of a prediction over each cell, `[cells]`; NaN where a cell has no place. */
export function meansOfCells(
  says: ArrayLike<number>,
  { cellOf, grid }: Places,
): Float64Array {
  const sums = new Float64Array(grid[0] * grid[1]);
  const counts = new Float64Array(sums.length);
  for (let place = 0; place < cellOf.length; place++) {
    const cell = cellOf[place]!;
    sums[cell]! += says[place]!;
    counts[cell]!++;
  }
  return sums.map((sum, cell) => sum / counts[cell]!);
}
