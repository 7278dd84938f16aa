/**
 * Compares numbers with a tolerance.
 *
 * @module
 */
import { fail } from "node:assert/strict";

/**
 * Fails unless each number differs from the expected one by at most
 * `tolerance` times the largest expected magnitude (or 1 when that is less).
 */
export function closeTo(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = "value",
): void {
  if (actual.length !== expected.length) {
    fail(`${what}: ${actual.length} numbers, expected ${expected.length}`);
  }
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
  }
  for (let i = 0; i < expected.length; i++) {
    // Written so that NaN fails.
    if (!(Math.abs(actual[i]! - expected[i]!) <= tolerance * scale)) {
      fail(`${what}[${i}] is ${actual[i]}, expected ${expected[i]}`);
    }
  }
}
