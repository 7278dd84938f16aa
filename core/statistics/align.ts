/**
 * The scale and shift that bring numbers without a unit, such as relative
 * inverse depth, to the true ones.
 *
 * @module
 */

/** A line: `scale · x + shift`. */
export interface Alignment {
  /** What a number is multiplied by. */
  readonly scale: number;
  /** What is added then. */
  readonly shift: number;
}

/**
 * The scale and shift that bring `own` closest to `truth` in the sense of least
 * squares, where both are known (Ranftl et al., 2020, arXiv:1907.01341, eq. 4).
 * A prediction that is the same everywhere gets scale 0 and the mean truth;
 * with nothing known both are NaN.
 *
 * @example
 * ```ts
 * import { alignTo } from "./align.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(alignTo([0, 1, 2, 7], [3, 5, 7, NaN]), { scale: 2, shift: 3 });
 * ```
 */
export function alignTo(
  own: ArrayLike<number>,
  truth: ArrayLike<number>,
): Alignment {
  let n = 0, x = 0, y = 0;
  for (let i = 0; i < own.length; i++) {
    if (Number.isNaN(own[i]! + truth[i]!)) continue;
    n++;
    x += own[i]!;
    y += truth[i]!;
  }
  const meanX = x / n, meanY = y / n;
  let xx = 0, xy = 0;
  for (let i = 0; i < own.length; i++) {
    if (Number.isNaN(own[i]! + truth[i]!)) continue;
    xx += (own[i]! - meanX) ** 2;
    xy += (own[i]! - meanX) * (truth[i]! - meanY);
  }
  const scale = n > 0 && xx === 0 ? 0 : xy / xx;
  return { scale, shift: meanY - scale * meanX };
}
