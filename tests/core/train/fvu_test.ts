/** Tests of the fraction of variance unexplained. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import { fvuSums } from "../../../core/train/fvu.ts";

const width = 5, rows = 200;

/** Tokens `[rows, width]` whose means are large and differ. */
function tokens(seed = 1): Float32Array {
  const random = randomFrom(seed);
  return Float32Array.from(
    { length: rows * width },
    (_, i) => 1000 * (i % width - 2) + random.normal(),
  );
}

/** The mean of each dimension, and the sum of squares about it, in two passes. */
function brute(x: Float32Array): { mean: number[]; squares: number } {
  const mean = new Array(width).fill(0);
  x.forEach((value, i) => mean[i % width] += value / rows);
  let squares = 0;
  x.forEach((value, i) => squares += (value - mean[i % width]) ** 2);
  return { mean, squares };
}

function errorOf(x: Float32Array, predict: (i: number) => number): number {
  return x.reduce((sum, value, i) => sum + (value - predict(i)) ** 2, 0);
}

function near(actual: number, expected: number, tolerance = 1e-9): void {
  ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

Deno.test("fvuSums() scores the mean 1, a perfect reconstruction 0, and a constant offset above it", () => {
  const x = tokens(), { mean, squares } = brute(x);
  const score = (predict: (i: number) => number): number => {
    const sums = fvuSums(width);
    sums.add(x, errorOf(x, predict));
    return sums.value();
  };
  near(score((i) => mean[i % width]!), 1);
  equal(score((i) => x[i]!), 0);
  // A definition that centres the error would miss the offset.
  near(score((i) => mean[i % width]! + 2), 1 + rows * width * 4 / squares);
  near(score((i) => x[i]! + 0.5), rows * width * 0.25 / squares);
});

Deno.test("fvuSums() equals two passes in float64, whatever the batches and their order", () => {
  const x = tokens(), { squares } = brute(x);
  const error = errorOf(x, (i) => Math.round(x[i]!));
  const batches = [[0, 1], [1, 2], [2, 90], [90, 91], [91, 200]].map((
    [from, to],
  ) => x.subarray(from! * width, to! * width));
  for (const order of [batches, batches.toReversed(), [x]]) {
    const sums = fvuSums(width);
    for (const batch of order) {
      sums.add(batch, errorOf(batch, (i) => Math.round(batch[i]!)));
    }
    near(sums.value(), error / squares);
  }
});

Deno.test("fvuSums() does not lose a small variance beside a large mean", () => {
  const x = Float32Array.from({ length: 1000 }, (_, i) => 4e6 + i % 2);
  const sums = fvuSums(1);
  sums.add(x, 500);
  equal(sums.value(), 2);
});

Deno.test("fvuSums() resumes from its state in JSON with the same numbers", () => {
  const x = tokens(), half = 77 * width;
  const whole = fvuSums(width), before = fvuSums(width);
  for (const sums of [whole, before]) sums.add(x.subarray(0, half), 1 / 3);
  const after = fvuSums(width, JSON.parse(JSON.stringify(before.state())));
  for (const sums of [whole, after]) sums.add(x.subarray(half), 1 / 7);
  equal(after.value(), whole.value());
  deepEqual(after.state(), whole.state());
});

Deno.test("fvuSums() is NaN before two different tokens", () => {
  const sums = fvuSums(2);
  ok(Number.isNaN(sums.value()));
  sums.add(Float32Array.of(1, 2), 0);
  ok(Number.isNaN(sums.value()));
});
