/**
 * Eigenvalues and eigenvectors of symmetric matrices.
 *
 * @module
 */

/** What a symmetric matrix does: it multiplies row `i` of `vectors` by `values[i]`. */
export interface SymmetricEigen {
  /** Eigenvalues, the largest first, `[n]`. */
  readonly values: Float64Array;
  /** Eigenvectors of length 1 at right angles to each other, a row each, `[n, n]`. */
  readonly vectors: Float64Array;
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix `[n, n]`: Householder
 * reflections bring it to three diagonals, QR steps with Wilkinson's shift to
 * one (Golub and Van Loan, Matrix Computations, algorithms 8.3.1 to 8.3.3).
 * About `6 n³` operations.
 *
 * @example
 * ```ts
 * import { symmetricEigen } from "./symmetric_eigen.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const { values } = symmetricEigen(Float64Array.of(2, 0, 0, 3));
 * deepEqual([...values], [3, 2]);
 * ```
 */
export function symmetricEigen(matrix: Float64Array): SymmetricEigen {
  const n = Math.round(Math.sqrt(matrix.length));
  const { diagonal, beside, rows } = tridiagonal(matrix.slice(), n);
  diagonalise(diagonal, beside, rows);
  const order = [...diagonal.keys()].sort((a, b) =>
    diagonal[b]! - diagonal[a]!
  );
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => vectors.set(rows[from]!, to * n));
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

/**
 * The Moore–Penrose inverse of a symmetric matrix `[n, n]` without negative
 * eigenvalues; those up to `least` count as 0.
 */
export function pseudoInverse(
  matrix: Float64Array,
  least: number,
): Float64Array {
  const n = Math.round(Math.sqrt(matrix.length));
  const { values, vectors } = symmetricEigen(matrix);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n && values[i]! > least; i++) {
    const vector = vectors.subarray(i * n, (i + 1) * n);
    for (let a = 0; a < n; a++) {
      for (let b = 0; b < n; b++) {
        inverse[a * n + b]! += vector[a]! * vector[b]! / values[i]!;
      }
    }
  }
  return inverse;
}

/** Brings `a` to three diagonals: `a = rowsᵀ · T · rows`. */
function tridiagonal(a: Float64Array, n: number) {
  const row = (i: number) => a.subarray(i * n, (i + 1) * n);
  const beside = new Float64Array(n), mirrors: Float64Array[] = [];
  for (let k = 0; k + 1 < n; k++) {
    const mirror = row(k).slice().fill(0, 0, k + 1), norm = length(mirror);
    const sign = mirror[k + 1]! < 0 ? -1 : 1;
    beside[k] = -sign * norm;
    mirror[k + 1]! += sign * norm;
    const size = length(mirror);
    if (size > 0) mirror.forEach((x, i) => mirror[i] = x / size);
    mirrors.push(mirror);
    reflectBothSides(row, mirror, k + 1);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  return {
    diagonal,
    /** Entry `i` is that of row `i` and column `i + 1`. */
    beside,
    /** The rows of the transposed reflections. */
    rows: transposed(mirrors, n),
  };
}

function length(x: Float64Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}

/** `A ← H A H` for `H = I − 2 m mᵀ`, from row and column `first` on. */
function reflectBothSides(
  row: (i: number) => Float64Array,
  mirror: Float64Array,
  first: number,
): void {
  const n = mirror.length, product = new Float64Array(n);
  let along = 0;
  for (let i = first; i < n; i++) {
    const own = row(i);
    let sum = 0;
    for (let j = first; j < n; j++) sum += own[j]! * mirror[j]!;
    product[i] = sum;
    along += sum * mirror[i]!;
  }
  for (let i = first; i < n; i++) product[i]! -= along * mirror[i]!;
  for (let i = first; i < n; i++) {
    const own = row(i), [m, p] = [2 * mirror[i]!, 2 * product[i]!];
    for (let j = first; j < n; j++) own[j]! -= m * product[j]! + p * mirror[j]!;
  }
}

/** The rows of `(H₀ H₁ …)ᵀ`. */
function transposed(
  mirrors: readonly Float64Array[],
  n: number,
): Float64Array[] {
  const rows = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(n);
    row[i] = 1;
    return row;
  });
  // From the last: row i of (H₀ H₁ …)ᵀ is (H₀ (H₁ …))'s column i.
  for (const [k, mirror] of [...mirrors.entries()].reverse()) {
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      let along = 0;
      for (let j = k + 1; j < n; j++) along += row[j]! * mirror[j]!;
      for (let j = k + 1; j < n; j++) row[j]! -= 2 * along * mirror[j]!;
    }
  }
  return rows;
}

/** Steps for an eigenvalue, at most: it needs two or three. */
const mostSteps = 60;

/** Rotates the three diagonals to one, and `rows` alike. */
function diagonalise(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array[],
): void {
  let high = d.length - 1;
  for (let step = 0; high > 0 && step < mostSteps * d.length; step++) {
    for (let i = 0; i < high; i++) {
      const size = Math.abs(d[i]!) + Math.abs(d[i + 1]!);
      if (Math.abs(e[i]!) <= Number.EPSILON * size) e[i] = 0;
    }
    while (high > 0 && e[high - 1] === 0) high--;
    let low = high;
    while (low > 0 && e[low - 1] !== 0) low--;
    if (low < high) qrStep(d, e, rows, low, high);
  }
}

/** One implicit QR step on rows `low` to `high`, with Wilkinson's shift. */
function qrStep(
  d: Float64Array,
  e: Float64Array,
  rows: Float64Array[],
  low: number,
  high: number,
): void {
  const half = (d[high - 1]! - d[high]!) / 2, last = e[high - 1]!;
  const root = Math.hypot(half, last);
  const shift = d[high]! - last * last / (half + (half < 0 ? -root : root));
  let x = d[low]! - shift, bulge = e[low]!;
  for (let k = low; k < high; k++) {
    const r = Math.hypot(x, bulge), c = r > 0 ? x / r : 1;
    const s = r > 0 ? bulge / r : 0;
    if (k > low) e[k - 1] = r;
    const a = d[k]!, b = e[k]!, f = d[k + 1]!;
    d[k] = c * c * a + 2 * c * s * b + s * s * f;
    d[k + 1] = s * s * a - 2 * c * s * b + c * c * f;
    e[k] = c * s * (f - a) + (c * c - s * s) * b;
    if (k + 1 < high) {
      x = e[k]!;
      bulge = s * e[k + 1]!;
      e[k + 1]! *= c;
    }
    rotate(rows[k]!, rows[k + 1]!, c, s);
  }
}

function rotate(
  upper: Float64Array,
  lower: Float64Array,
  c: number,
  s: number,
): void {
  for (let i = 0; i < upper.length; i++) {
    const [x, y] = [upper[i]!, lower[i]!];
    upper[i] = c * x + s * y;
    lower[i] = c * y - s * x;
  }
}
