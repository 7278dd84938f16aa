/**
 * How far computed values are from the expected ones.
 *
 * @module
 */

/**
 * The largest difference from `expected`, in units of its standard deviation,
 * or of its value where all values are the same. NaN when only one of the two
 * has a NaN somewhere.
 */
export function relativeError(
  data: Float32Array,
  expected: Float32Array,
): number {
  let sum = 0, squares = 0, worst = 0;
  for (const [i, value] of expected.entries()) {
    sum += value;
    squares += value * value;
    if (Object.is(data[i], value)) continue;
    const off = Math.abs(data[i]! - value);
    if (Number.isNaN(off)) return NaN;
    worst = Math.max(worst, off);
  }
  const mean = sum / expected.length;
  const variance = squares / expected.length - mean * mean;
  // A variance this small is rounding error, not a scale.
  const std = Math.sqrt(variance > 1e-12 * mean * mean ? variance : 0);
  return worst === 0 ? 0 : worst / (std || Math.abs(mean));
}
