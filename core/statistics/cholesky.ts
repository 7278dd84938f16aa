/**
 * Solves equations of a symmetric positive matrix.
 *
 * @module
 */

/**
 * The lower triangle `L` with `L Lᵀ = a`, `[size²]` row by row; of `a` only the
 * lower triangle is read. Where a pivot is not above 0, as with columns that
 * depend on each other, NaN follows: add to the diagonal first.
 */
export function cholesky(a: Float64Array, size: number): Float64Array {
  const L = new Float64Array(size * size);
  for (let i = 0; i < size; i += 2) {
    if (i + 1 < size) twoRows(L, a, size, i);
    else oneRow(L, a, size, i, 0);
  }
  return L;
}

/** Row `i` from column `first` on, by the definition. */
function oneRow(
  L: Float64Array,
  a: Float64Array,
  size: number,
  i: number,
  first: number,
): void {
  const row = i * size;
  for (let j = first; j < i; j++) {
    const sum = a[row + j]! - dot(L, row, L, j * size, j);
    L[row + j] = sum / L[j * size + j]!;
  }
  L[row + i] = Math.sqrt(a[row + i]! - dot(L, row, L, row, i));
}

/**
 * Rows `i` and `i + 1`, two columns at a time: each number that is loaded is
 * multiplied twice, which takes a third of the time. `i` is even.
 */
function twoRows(
  L: Float64Array,
  a: Float64Array,
  size: number,
  i: number,
): void {
  const row = i * size, next = row + size;
  for (let j = 0; j < i; j += 2) {
    const c = j * size, d = c + size;
    let [rc, rd, nc, nd] = [0, 0, 0, 0];
    for (let k = 0; k < j; k++) {
      const r = L[row + k]!, n = L[next + k]!, p = L[c + k]!, q = L[d + k]!;
      rc += r * p;
      rd += r * q;
      nc += n * p;
      nd += n * q;
    }
    const below = L[d + j]!, first = L[c + j]!, second = L[d + j + 1]!;
    const r = L[row + j] = (a[row + j]! - rc) / first;
    const n = L[next + j] = (a[next + j]! - nc) / first;
    L[row + j + 1] = (a[row + j + 1]! - rd - r * below) / second;
    L[next + j + 1] = (a[next + j + 1]! - nd - n * below) / second;
  }
  oneRow(L, a, size, i, i);
  oneRow(L, a, size, i + 1, i);
}

/**
 * Replaces `b` by the solution `x` of `L Lᵀ x = b` with the first `b.length`
 * rows and columns of `L`, `[size²]`: those alone are the triangle of the first
 * rows and columns of what it was made of.
 */
export function solve(L: Float64Array, size: number, b: Float64Array): void {
  for (let i = 0; i < b.length; i++) {
    b[i] = (b[i]! - dot(L, i * size, b, 0, i)) / L[i * size + i]!;
  }
  for (let i = b.length - 1; i >= 0; i--) {
    const row = i * size, x = b[i] = b[i]! / L[row + i]!;
    for (let j = 0; j < i; j++) b[j]! -= L[row + j]! * x;
  }
}

/** `Σ a[atA + k] · b[atB + k]` over the first `length` k; four sums, so that none waits for another. */
export function dot(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  length: number,
): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0], k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += a[atA + k]! * b[atB + k]!;
    s1 += a[atA + k + 1]! * b[atB + k + 1]!;
    s2 += a[atA + k + 2]! * b[atB + k + 2]!;
    s3 += a[atA + k + 3]! * b[atB + k + 3]!;
  }
  for (; k < length; k++) s0 += a[atA + k]! * b[atB + k]!;
  return s0 + s1 + (s2 + s3);
}
