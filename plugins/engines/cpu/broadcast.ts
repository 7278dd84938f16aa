/**
 * Broadcasting of two shapes, in the form that the kernels need.
 *
 * @module
 */
import { type Shape, sizeOf } from "../../../mod.ts";

/** Floats from one row to the next, and from one column to the next. */
export type Strides = readonly [row: number, column: 0 | 1];

/** Two shapes broadcast together. */
export interface Broadcast {
  /** The shape of the result. */
  readonly shape: Shape;
  /** Its rows. */
  readonly rows: number;
  /** Its columns. */
  readonly width: number;
  /** Strides of the operands. */
  readonly strides: readonly [Strides, Strides];
}

/**
 * Broadcasts two shapes as NumPy does.
 *
 * @throws {RangeError} When two lengths differ and neither is 1, or there are more than two axes.
 */
export function broadcast(a: Shape, b: Shape): Broadcast {
  const [aRows, aWidth] = rowsAndWidth(a, b),
    [bRows, bWidth] = rowsAndWidth(b, a);
  const fits = (p: number, q: number): boolean => p === q || p === 1 || q === 1;
  if (!fits(aRows, bRows) || !fits(aWidth, bWidth)) {
    throw new RangeError(
      `Cannot combine shapes [${a}] and [${b}]: their lengths do not match`,
    );
  }
  // An axis of length 0 combined with one of length 1 stays empty.
  const rows = aRows === 1 ? bRows : aRows,
    width = aWidth === 1 ? bWidth : aWidth;
  const strides = (r: number, w: number): Strides => [
    r === 1 ? 0 : w,
    w === 1 && width !== 1 ? 0 : 1,
  ];
  const axes = Math.max(a.length, b.length);
  return {
    shape: [rows, width].slice(2 - axes),
    rows,
    width,
    strides: [strides(aRows, aWidth), strides(bRows, bWidth)],
  };
}

function rowsAndWidth(shape: Shape, other: Shape): [number, number] {
  if (shape.length > 2) {
    throw new RangeError(
      `Cannot combine shapes [${shape}] and [${other}]: at most two axes`,
    );
  }
  const width = shape.at(-1) ?? 1;
  return [shape.length === 2 ? sizeOf(shape) / width || shape[0]! : 1, width];
}
