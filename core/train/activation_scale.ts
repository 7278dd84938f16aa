/**
 * The scalar that gives activations unit total variance.
 *
 * @module
 */
import type { HostTensor } from "../tensor.ts";

/**
 * `1 / √(mean ‖x − μ‖²)` of a sample `[tokens, width]`, in float64.
 * Activations times this have a total variance of 1, so their mean squared
 * reconstruction error is an FVU.
 *
 * @throws {RangeError} When all tokens of the sample are equal.
 */
export function activationScale({ data, shape }: HostTensor): number {
  const [tokens, width] = shape as [number, number];
  // Compares values because rounding makes the sum of squares below nonzero.
  if (data.every((value, i) => value === data[i % width])) {
    throw new RangeError(
      `Cannot train on activations that do not vary: all ${tokens} tokens of the sample are equal; is the dataset one picture?`,
    );
  }
  const mean = new Float64Array(width);
  data.forEach((value, i) => mean[i % width]! += value / tokens);
  let squares = 0;
  data.forEach((value, i) => squares += (value - mean[i % width]!) ** 2);
  return 1 / Math.sqrt(squares / tokens);
}

/** Multiplies every value by `scale`. */
export function scaleInPlace(data: Float32Array, scale: number): void {
  for (let i = 0; i < data.length; i++) data[i]! *= scale;
}
