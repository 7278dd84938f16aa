/**
 * One number that makes activations of every model alike.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import type { HostTensor } from "../tensor.ts";

/**
 * `1 / √(mean ‖x − μ‖²)` of a sample `[tokens, width]`, in float64: scaled by
 * it, activations have a total variance of 1, and a mean squared error is an FVU.
 *
 * @throws {ConfigError} When the tokens of the sample do not differ.
 */
export function activationScale({ data, shape }: HostTensor): number {
  const [tokens, width] = shape as [number, number];
  // Asked of the values, since rounding alone gives the squares below a sum.
  if (data.every((value, i) => value === data[i % width])) {
    throw new ConfigError(
      "hook",
      `Cannot train on activations that do not vary: all ${tokens} tokens of the sample are equal; is the dataset one picture?`,
    );
  }
  const mean = new Float64Array(width);
  data.forEach((value, i) => mean[i % width]! += value / tokens);
  let squares = 0;
  data.forEach((value, i) => squares += (value - mean[i % width]!) ** 2);
  return 1 / Math.sqrt(squares / tokens);
}
