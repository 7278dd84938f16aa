/**
 * Projects directions on their two principal axes.
 *
 * @module
 */
import { randomFrom } from "../random.ts";
import type { HostTensor } from "../tensor.ts";

/** Steps of the power iteration: enough for drawing. */
const steps = 40;

/**
 * Projects the rows of a matrix `[rows, width]` on their two principal axes
 * (PCA): `[rows, 2]`.
 */
export function principalPlane({ data, shape }: HostTensor): Float32Array {
  const [rows, width] = shape as [number, number];
  const mean = meanRow(data, rows, width);
  const points = new Float32Array(rows * 2), axes: Float64Array[] = [];
  for (const axis of [0, 1]) {
    const direction = principal(data, mean, axes, axis);
    axes.push(direction);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let i = 0; i < width; i++) {
        sum += (data[row * width + i]! - mean[i]!) * direction[i]!;
      }
      points[2 * row + axis] = sum;
    }
  }
  return points;
}

function meanRow(
  data: Float32Array,
  rows: number,
  width: number,
): Float64Array {
  const mean = new Float64Array(width);
  for (let at = 0; at < data.length; at++) mean[at % width]! += data[at]!;
  return mean.map((sum) => sum / rows);
}

/** The direction of most variance orthogonal to `before`, by power iteration. */
function principal(
  data: Float32Array,
  mean: Float64Array,
  before: readonly Float64Array[],
  seed: number,
): Float64Array {
  const width = mean.length, random = randomFrom(seed);
  let direction = unit(
    Float64Array.from({ length: width }, () => random.normal()),
    before,
  );
  for (let step = 0; step < steps; step++) {
    const next = new Float64Array(width);
    for (let start = 0; start < data.length; start += width) {
      let along = 0;
      for (let i = 0; i < width; i++) {
        along += (data[start + i]! - mean[i]!) * direction[i]!;
      }
      for (let i = 0; i < width; i++) {
        next[i]! += along * (data[start + i]! - mean[i]!);
      }
    }
    direction = unit(next, before);
  }
  return direction;
}

/** The part of `vector` orthogonal to `before`, normalised; zeros when only rounding is left. */
function unit(
  vector: Float64Array,
  before: readonly Float64Array[],
): Float64Array {
  const length = norm(vector);
  for (const other of before) {
    const along = vector.reduce((sum, x, i) => sum + x * other[i]!, 0);
    vector.forEach((x, i) => vector[i] = x - along * other[i]!);
  }
  const left = norm(vector);
  return vector.map((x) => left > 1e-9 * length ? x / left : 0);
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
}
