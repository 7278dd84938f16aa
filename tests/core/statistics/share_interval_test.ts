import { equal, ok } from "node:assert/strict";
import {
  shareDifference,
  shareOf,
} from "../../../core/statistics/share_interval.ts";

function near(actual: number, expected: number): void {
  ok(Math.abs(actual - expected) < 5e-5, `${actual}, not ${expected}`);
}

Deno.test("shareOf() and shareDifference() give the numbers of Newcombe's first example", () => {
  // Newcombe, 1998, Statistics in Medicine 17, table II: 56/70 − 48/80, method 10.
  const { value, low, high } = shareDifference(
    shareOf(56, 70),
    shareOf(48, 80),
  );
  near(value, 0.2);
  near(low, 0.0524);
  near(high, 0.3339);
});

Deno.test("shareOf() is not sure where nothing counts", () => {
  const { value, low, high } = shareOf(0, 24);
  equal(value, 0);
  equal(low, 0);
  near(high, 0.13797);
  equal(shareOf(24, 24).high, 1);
});
