/**
 * Numbers and their intervals as words in a sentence.
 *
 * @module
 */
import type { Estimate } from "../estimate.ts";

/** Three decimals, with a minus sign: `−0.123`. */
export function decimals(value: number): string {
  return value.toFixed(3).replace("-", "−");
}

/** Three digits: `0.00123`, `1230`; `none` where there is no number. */
export function digits(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "none";
}

/** A share in percent: `12.3 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A number and its interval, where it has one: `0.95 (0.93 to 0.96)`. */
export function estimateWords(
  { value, low, high }: Estimate,
  words: (value: number) => string,
): string {
  if (low === undefined || high === undefined) return words(value);
  return `${words(value)} (${words(low)} to ${words(high)})`;
}
