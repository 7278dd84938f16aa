import { ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import {
  pseudoInverse,
  symmetricEigen,
} from "../../../core/statistics/symmetric_eigen.ts";

/** `A Aᵀ` of a random `A` `[n, rank]`. */
function someMatrix(n: number, rank: number): Float64Array {
  const random = randomFrom(n, rank);
  const a = Float64Array.from({ length: n * rank }, () => random.normal());
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += a[i * rank + k]! * a[j * rank + k]!;
    return sum;
  });
}

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let sum = 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * b[k * n + j]!;
    return sum;
  });
}

function distance(a: Float64Array, b: Float64Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

for (const [n, rank] of [[1, 1], [2, 2], [7, 7], [40, 40], [40, 11]] as const) {
  Deno.test(`symmetricEigen() takes apart ${n} by ${n} of rank ${rank}`, () => {
    const matrix = someMatrix(n, rank);
    const { values, vectors } = symmetricEigen(matrix);
    const transposed = vectors.map((_, at) =>
      vectors[(at % n) * n + Math.floor(at / n)]!
    );
    const scaled = vectors.map((x, at) => x * values[Math.floor(at / n)]!);
    const one = vectors.map((_, at) => Number(at % (n + 1) === 0));
    ok(distance(product(transposed, scaled, n), matrix) < 1e-9 * n);
    ok(distance(product(vectors, transposed, n), one) < 1e-11 * n);
    ok(values.every((value, i) => i === 0 || value <= values[i - 1]!));
  });

  Deno.test(`pseudoInverse() has what Penrose asks for, ${n} by ${n} of rank ${rank}`, () => {
    const matrix = someMatrix(n, rank), inverse = pseudoInverse(matrix, 1e-7);
    const back = product(product(matrix, inverse, n), matrix, n);
    ok(distance(back, matrix) < 1e-7);
    const again = product(product(inverse, matrix, n), inverse, n);
    ok(distance(again, inverse) < 1e-7 * Math.max(1, ...inverse));
  });
}

Deno.test("symmetricEigen() takes what is diagonal, and zeros", () => {
  const { values } = symmetricEigen(
    Float64Array.of(1, 0, 0, 0, 5, 0, 0, 0, -2),
  );
  ok(distance(values, Float64Array.of(5, 1, -2)) < 1e-12);
  ok(symmetricEigen(new Float64Array(9)).values.every((value) => value === 0));
});
