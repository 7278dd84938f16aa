/** Tests of numbers as words. @module */
import { deepEqual, equal } from "node:assert/strict";
import { decimals, digits, estimateWords, percent, quantity } from "tessera";

Deno.test("numbers are words of few digits", () => {
  deepEqual([decimals(-0.12345), decimals(2)], ["−0.123", "2.000"]);
  deepEqual([digits(0.00123456), digits(NaN)], ["0.00123", "none"]);
  equal(percent(0.1234), "12.3 %");
});

Deno.test("estimateWords() leaves out an interval that is not known", () => {
  const estimate = { value: 0.5, low: 0.25, high: 0.75 };
  equal(estimateWords(estimate, percent), "50.0 % (25.0 % to 75.0 %)");
  equal(estimateWords({ value: 0.5 }, percent), "50.0 %");
});

Deno.test("quantity() is nothing where there is no number", () => {
  deepEqual(quantity("x", undefined, "a number"), {});
  deepEqual(quantity("x", { value: Infinity }, "a number"), {});
});
