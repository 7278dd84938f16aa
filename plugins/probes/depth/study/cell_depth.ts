/**
 * A map of depth and a grid in, the depth of each cell out.
 *
 * @module
 */
import type { DenseMap, TokenLayout, View } from "../../../../mod.ts";

/** How far the cells of a grid are, row by row; NaN where less than half of the pixels are known. */
export interface CellDepth {
  /** Mean inverse depth, `[cells]`, 1/metres where the map is in metres. */
  readonly disparity: Float64Array;
  /** Median depth, `[cells]`. */
  readonly depth: Float64Array;
  /** 1 where the farthest tenth of the cell is more than a quarter farther than its nearest tenth: an edge, or a surface seen askew. */
  readonly edge: Uint8Array;
}

/** Least share of a cell's pixels that must be known. */
const leastKnown = 0.5;

/**
 * The depth of each cell of a grid that lies over `view` of the map: all of it
 * when absent. A pixel belongs to the cell that its centre is in.
 */
export function cellDepth(
  map: DenseMap,
  [rows, cols]: TokenLayout["grid"],
  view: View = { left: 0, top: 0, width: map.width, height: map.height },
): CellDepth {
  const ys = stretches(rows, view.top, view.height, map.height);
  const xs = stretches(cols, view.left, view.width, map.width);
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
  return { disparity, depth, edge };
}

/** The longest of stretches. */
function mostOf(all: readonly [number, number][]): number {
  return Math.max(...all.map(([first, end]) => end - first));
}

/** The known pixels of a cell, copied into `room`. */
function knownPixels(
  { data, width }: DenseMap,
  [top, bottom]: readonly [number, number],
  [left, right]: readonly [number, number],
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

/** The values whose pixels' centres lie in each cell; the nearest one where a cell is smaller than a pixel. */
function pixelsOfCells(
  { data, width, height }: DenseMap,
  [rows, cols]: TokenLayout["grid"],
  view: View,
): number[][] {
  const ys = stretches(rows, view.top, view.height, height);
  const xs = stretches(cols, view.left, view.width, width);
  return ys.flatMap(([top, bottom]) =>
    xs.map(([left, right]) => {
      const values: number[] = [];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) values.push(data[y * width + x]!);
      }
      return values;
    })
  );
}

/** First and last + 1 of the pixels of each of `count` cells along one side. */
function stretches(
  count: number,
  start: number,
  length: number,
  pixels: number,
): [number, number][] {
  const within = (x: number) => Math.min(pixels - 1, Math.max(0, x));
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * length / count;
    const first = within(Math.ceil(from - 0.5));
    const end = Math.ceil(from + length / count - 0.5);
    return [first, Math.min(pixels, Math.max(first + 1, end))];
  });
}

/**
 * The mean of a map of the model's own prediction over each cell of a hook's
 * grid: `[cells]`. Both grids lie over the same part of the picture.
 */
export function cellMeans(
  values: ArrayLike<number>,
  [height, width]: TokenLayout["grid"],
  [rows, cols]: TokenLayout["grid"],
): Float64Array {
  const map = { data: values as Float32Array, width, height };
  const view = { left: 0, top: 0, width, height };
  return Float64Array.from(
    pixelsOfCells(map, [rows, cols], view),
    (pixels) => pixels.reduce((sum, x) => sum + x, 0) / pixels.length,
  );
}
