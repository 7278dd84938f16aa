/**
 * The depth of each cell of a grid.
 *
 * @module
 */
import type { DenseMap, TokenLayout, View } from "../../../../mod.ts";
import { cellPixels, type Stretch } from "../../study/cell_pixels.ts";

/** Least share of a cell's pixels that must be known. */
const leastKnown = 0.5;

/**
 * How far the cells of a grid that lies over `view` of the map are, row by row;
 * over all of it when absent. A pixel belongs to the cell that its centre is in.
 * NaN where less than half of the pixels are known.
 */
export function cellDepth(
  map: DenseMap,
  grid: TokenLayout["grid"],
  view?: View,
) {
  const { ys, xs } = cellPixels(map, grid, view), [rows, cols] = grid;
  const disparity = new Float64Array(rows * cols).fill(NaN);
  const depth = new Float64Array(rows * cols).fill(NaN);
  const edge = new Uint8Array(rows * cols);
  // Room for the known pixels of one cell, which typed arrays sort as numbers.
  const room = new Float32Array(mostOf(ys) * mostOf(xs));
  for (let cell = 0; cell < rows * cols; cell++) {
    const [y, x] = [ys[Math.floor(cell / cols)]!, xs[cell % cols]!];
    const pixels = (y[1] - y[0]) * (x[1] - x[0]);
    const known = knownPixels(map, y, x, room);
    if (known.length === 0 || known.length < leastKnown * pixels) continue;
    known.sort();
    const at = (share: number) => known[Math.floor(share * known.length)]!;
    disparity[cell] = known.reduce((sum, metres) => sum + 1 / metres, 0) /
      known.length;
    depth[cell] = at(0.5);
    edge[cell] = Number(at(0.9) > 1.25 * at(0.1));
  }
  return {
    /** Mean inverse depth, `[cells]`, 1/metres where the map is in metres. */
    disparity,
    /** Median depth, `[cells]`. */
    depth,
    /** 1 where the farthest tenth of the cell is more than a quarter farther than its nearest tenth: an edge, or a surface seen askew. */
    edge,
  };
}

/** The longest of stretches. */
function mostOf(all: readonly Stretch[]): number {
  return Math.max(...all.map(([first, end]) => end - first));
}

/** The known pixels of a cell, copied into `room`. */
function knownPixels(
  { data, width }: DenseMap,
  [top, bottom]: Stretch,
  [left, right]: Stretch,
  room: Float32Array,
): Float32Array {
  let count = 0;
  for (let y = top; y < bottom; y++) {
    for (let i = y * width + left; i < y * width + right; i++) {
      const metres = data[i]!;
      if (metres > 0 && metres < Infinity) room[count++] = metres;
    }
  }
  return room.subarray(0, count);
}

/**
 * The mean of a map of the model's own prediction over each cell of a hook's
 * grid: `[cells]`. Both grids lie over the same part of the picture.
 */
export function cellMeans(
  values: ArrayLike<number>,
  [height, width]: TokenLayout["grid"],
  grid: TokenLayout["grid"],
): Float64Array {
  const { ys, xs } = cellPixels({ width, height }, grid);
  const mean = ([top, bottom]: Stretch, [left, right]: Stretch): number => {
    let sum = 0;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) sum += values[y * width + x]!;
    }
    return sum / ((bottom - top) * (right - left));
  };
  return Float64Array.from(ys.flatMap((y) => xs.map((x) => mean(y, x))));
}
