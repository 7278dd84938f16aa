/**
 * Numbers in, pixels and round numbers to write beside an axis out.
 *
 * @module
 */

/** From numbers to pixels. */
export interface Scale {
  /** The pixel of a number. */
  (value: number): number;
  /** The smallest number it was made for. */
  readonly low: number;
  /** The largest. */
  readonly high: number;
  /** Round numbers between both, to write beside an axis. */
  readonly ticks: readonly number[];
}

/** The scale that puts `low` at pixel `from` and `high` at `to`, with about `count` ticks. */
export function linearScale(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count = 5,
): Scale {
  const span = high - low || 1;
  const at = (value: number) => from + (to - from) * (value - low) / span;
  return Object.assign(at, { low, high, ticks: ticks(low, high, count) });
}

/** Like {@linkcode linearScale}, evenly in the logarithm; `low` is above 0. */
export function logScale(
  [low, high]: readonly [number, number],
  pixels: readonly [number, number],
): Scale {
  const even = linearScale([Math.log(low), Math.log(high)], pixels);
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, i) => 10 ** (Math.floor(Math.log10(low)) + i),
  );
  const steps = powers.length > 3 ? [1] : [1, 2, 5];
  const marks = powers.flatMap((power) => steps.map((by) => by * power))
    .map((value) => Number(value.toPrecision(12)))
    .filter((value) => value >= low && value <= high);
  return Object.assign((value: number) => even(Math.log(value)), {
    low,
    high,
    ticks: marks,
  });
}

/**
 * About `count` round numbers from `low` to `high`.
 *
 * @example
 * ```ts
 * import { ticks } from "./scales.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(ticks(0, 1, 4), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((by) => by * power)
    .find((by) => by >= rough * 0.999)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

/** The smallest and the largest of the finite numbers, with `room` of their distance around; 0 to 1 when there are none. */
export function rangeOf(
  values: Iterable<number>,
  room = 0.05,
): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  const around = room * (high - low || Math.abs(high) || 1);
  return [low - around, high + around];
}
