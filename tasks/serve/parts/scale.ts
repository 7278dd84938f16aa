/**
 * A range of numbers in, round numbers to write beside an axis out.
 *
 * @module
 */

/**
 * About `count` round numbers from `min` to `max`.
 *
 * @example
 * ```ts
 * import { ticks } from "./scale.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(ticks(0, 1, 4), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 */
export function ticks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return [min];
  const rough = (max - min) / count,
    power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((by) => by * power)
    .find((by) => by >= rough * 0.999) ?? 10 * power;
  const first = Math.ceil(min / step - 1e-9);
  const last = Math.floor(max / step + 1e-9);
  return Array.from(
    { length: last - first + 1 },
    (_, i) => Number(((first + i) * step).toPrecision(12)),
  );
}

/**
 * About `count` of 1, 2 and 5 times powers of ten from `min` to `max`, both above 0.
 *
 * @example
 * ```ts
 * import { logTicks } from "./scale.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(logTicks(0.3, 12, 8), [0.5, 1, 2, 5, 10]);
 * deepEqual(logTicks(0.003, 12, 4), [0.01, 0.1, 1, 10]);
 * ```
 */
export function logTicks(min: number, max: number, count: number): number[] {
  const found = (steps: readonly number[]): number[] => {
    const powers: number[] = [];
    for (let power = Math.floor(Math.log10(min)); 10 ** power <= max; power++) {
      powers.push(power);
    }
    return powers.flatMap((power) => steps.map((by) => by * 10 ** power))
      .map((value) => Number(value.toPrecision(12)))
      .filter((value) => value >= min && value <= max);
  };
  const tries = [[1, 2, 5], [1, 3], [1]].map(found);
  return tries.find((some) => some.length <= count) ?? tries[2]!;
}
