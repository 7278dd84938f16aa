/**
 * Dense arrays, on the host and in an engine.
 *
 * @module
 */

/** Lengths of a tensor's axes, outermost first. */
export type Shape = readonly number[];

/** A dense, row-major, float32 array in host memory. */
export interface HostTensor {
  /** The values, row by row. */
  readonly data: Float32Array;
  /** Lengths of the axes, outermost first. */
  readonly shape: Shape;
}

/** A dense array that lives in an `Engine`: only that engine can read it. */
export interface Tensor {
  /** Lengths of the axes, outermost first. */
  readonly shape: Shape;
}

/** Named host arrays: what a checkpoint holds. */
export type HostTensors = Readonly<Record<string, HostTensor>>;

/** Named engine arrays: what a sparsifier computes with. */
export type Tensors = Readonly<Record<string, Tensor>>;

/**
 * How many values an array of this shape holds; 1 for a scalar's `[]`.
 *
 * @example
 * ```ts
 * import { sizeOf } from "tessera";
 * import { equal } from "node:assert/strict";
 *
 * equal(sizeOf([2, 3]), 6);
 * equal(sizeOf([]), 1);
 * ```
 */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, length) => size * length, 1);
}
