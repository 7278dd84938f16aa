/** Tests of intervals. @module */
import { deepEqual, equal, ok } from "node:assert/strict";
import { bootstrap } from "../../../core/statistics/bootstrap.ts";
import { randomFrom } from "../../../core/random.ts";

const mean = (of: readonly number[]) => (times: ArrayLike<number>): number =>
  of.reduce((sum, x, i) => sum + times[i]! * x, 0) / of.length;

Deno.test("bootstrap() of a mean is as wide as the normal approximation says", () => {
  const random = randomFrom(1), n = 400;
  const numbers = Array.from({ length: n }, () => 3 + 2 * random.normal());
  const centre = numbers.reduce((sum, x) => sum + x, 0) / n;
  const variance = numbers.reduce((sum, x) => sum + (x - centre) ** 2, 0) / n;
  const half = 1.96 * Math.sqrt(variance / n);
  const { low, high } = bootstrap({ clusters: n, seed: 2 }, mean(numbers));
  ok(Math.abs(low! - (centre - half)) < 0.2 * half, `${low}`);
  ok(Math.abs(high! - (centre + half)) < 0.2 * half, `${high}`);
});

Deno.test("bootstrap() covers the truth about as often as it says", () => {
  const random = randomFrom(7);
  let covered = 0;
  for (let trial = 0; trial < 200; trial++) {
    const numbers = Array.from({ length: 40 }, () => random.normal());
    const { low, high } = bootstrap(
      { clusters: 40, seed: trial, draws: 300 },
      mean(numbers),
    );
    if (low! <= 0 && 0 <= high!) covered++;
  }
  // 95 % of 200 is 190; the bootstrap of so few is a little narrow.
  ok(covered >= 176 && covered <= 199, `${covered}`);
});

Deno.test("bootstrap() draws as many clusters as there are, the same for the same seed", () => {
  const draws: number[][] = [];
  const draw = (times: Float64Array): number => {
    draws.push([...times]);
    return times[0]!;
  };
  const first = bootstrap({ clusters: 5, seed: 1, draws: 50 }, draw);
  ok(draws.every((times) => times.reduce((a, b) => a + b, 0) === 5));
  ok(new Set(draws.map(String)).size > 30);
  deepEqual(bootstrap({ clusters: 5, seed: 1, draws: 50 }, draw), first);
});

Deno.test("bootstrap() has no interval of one cluster, or where most draws say nothing", () => {
  deepEqual(bootstrap({ clusters: 1, seed: 1 }, () => 1), {});
  deepEqual(bootstrap({ clusters: 3, seed: 1 }, () => NaN), {});
  let draws = 0;
  const some = bootstrap(
    { clusters: 3, seed: 1 },
    () => draws++ % 3 === 0 ? Infinity : 2,
  );
  deepEqual(some, { low: 2, high: 2 });
  equal(draws, 1000);
});
