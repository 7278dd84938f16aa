/**
 * Shares of a count, their differences, and the intervals of both.
 *
 * @module
 */
import type { Estimate } from "../estimate.ts";

/** The normal quantile of a two-sided 95 % interval. */
const z = 1.959963984540054;

/**
 * The share `count / of` with Wilson's score interval (1927), which is not
 * empty where nothing or everything counts, as a bootstrap's is.
 */
export function shareOf(count: number, of: number): Required<Estimate> {
  const value = count / of, spread = z * z / of;
  const middle = (value + spread / 2) / (1 + spread);
  const half = z * Math.sqrt(value * (1 - value) / of + spread / (4 * of)) /
    (1 + spread);
  return {
    value,
    low: count === 0 ? 0 : middle - half,
    high: count === of ? 1 : middle + half,
  };
}

/** `a − b` with the interval of Newcombe (1998), method 10, from those of both. */
export function shareDifference(
  a: Required<Estimate>,
  b: Required<Estimate>,
): Required<Estimate> {
  const value = a.value - b.value;
  return {
    value,
    low: value - Math.hypot(a.value - a.low, b.high - b.value),
    high: value + Math.hypot(a.high - a.value, b.value - b.low),
  };
}
