/**
 * The range of a list of numbers.
 *
 * @module
 */

/** The smallest and the largest finite number; undefined where there is none. */
export function extent(
  values: ArrayLike<number>,
): [min: number, max: number] | undefined {
  let min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? [min, max] : undefined;
}
