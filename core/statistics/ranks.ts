/**
 * Ranks and rank correlations.
 *
 * @module
 */

/**
 * Ranks from 1 for the least, equal numbers sharing the middle of theirs; NaN
 * where a number is NaN.
 */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const known = ascending(values);
  const ranks = new Float64Array(values.length).fill(NaN);
  for (const [start, end] of ties(values, known)) {
    for (let i = start; i < end; i++) ranks[known[i]!] = (start + end + 1) / 2;
  }
  return ranks;
}

/** The places of the numbers that are not NaN, the least first. */
export function ascending(values: ArrayLike<number>): Uint32Array {
  const at: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isNaN(values[i])) at.push(i);
  }
  return Uint32Array.from(at).sort((a, b) => values[a]! - values[b]!);
}

/** The first place and the last + 1 in `order` of each run of equal numbers. */
export function* ties(
  values: ArrayLike<number>,
  order: Uint32Array,
): Generator<[start: number, end: number]> {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = values[order[start]!]!;
    while (end < order.length && values[order[end]!] === value) end++;
    yield [start, end];
  }
}

/** Pearson's correlation; NaN where one of the two does not vary. */
export function correlation(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  const n = a.length;
  let meanA = 0, meanB = 0, aa = 0, bb = 0, ab = 0;
  for (let i = 0; i < n; i++) {
    meanA += a[i]! / n;
    meanB += b[i]! / n;
  }
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]! - meanA, b[i]! - meanB];
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  // What rounding leaves of numbers that are all equal is no variance.
  const least = 1e-24 * n;
  return aa > least * meanA ** 2 && bb > least * meanB ** 2
    ? ab / Math.sqrt(aa * bb)
    : NaN;
}

/** Spearman's rank correlation where both are known; NaN where one of the two does not vary. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const at = Array.from(a).flatMap((x, i) =>
    Number.isFinite(x) && Number.isFinite(b[i]!) ? [i] : []
  );
  return correlation(
    midRanks(at.map((i) => a[i]!)),
    midRanks(at.map((i) => b[i]!)),
  );
}
