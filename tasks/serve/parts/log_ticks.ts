/**
 * Round numbers for a logarithmic axis.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale@^4.0.9"
import { scaleLog } from "d3-scale";

/**
 * At most about `count` of 1, 2 and 5 times powers of ten from `min` to `max`,
 * both above 0; 1 and 3 times or powers alone where those are too many.
 *
 * @example
 * ```ts
 * import { logTicks } from "./log_ticks.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(logTicks(0.3, 12, 8), [0.5, 1, 2, 5, 10]);
 * deepEqual(logTicks(0.003, 12, 4), [0.01, 0.1, 1, 10]);
 * ```
 */
export function logTicks(min: number, max: number, count: number): number[] {
  const all = scaleLog().domain([min, max]).ticks(count);
  const [fine, coarse, powers] = ["125", "13", "1"].map((digits) =>
    all.filter((value) => {
      const [digit, rest] = value.toExponential().split("e")[0]!.split(".");
      return rest === undefined && digits.includes(digit!);
    })
  );
  return [fine!, coarse!].find(({ length }) => length <= count) ?? powers!;
}
