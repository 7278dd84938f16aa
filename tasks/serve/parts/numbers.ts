/**
 * Numbers as the pages write them.
 *
 * @module
 */
import { short as threeDigits } from "../../terminal/numbers.ts";
import type { NumberKind } from "../glossary.ts";

/** `1234567` as `"1.23M"`, `1500000` as `"1.5M"`, `5000` as `"5k"`. */
export function short(value: number): string {
  return threeDigits(value).replace(/\.?(?<=\..*)0+(?=[kMG]$)/, "");
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * A number with four significant digits; a dash where there is none.
 *
 * @example
 * ```ts
 * import { number } from "./numbers.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(number(0.123456), "0.1235");
 * equal(number(0.00001234), "1.23 × 10⁻⁵");
 * equal(number(NaN), "–");
 * ```
 */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return powers(value);
  if (size >= 1000) return count(value);
  return String(Number(value.toPrecision(4))).replace("-", "−");
}

function powers(value: number): string {
  const [digits, power] = value.toExponential(2).split("e") as [string, string];
  const raised = [...power.replace("+", "")]
    .map((c) => c === "-" ? "⁻" : superscripts[Number(c)]).join("");
  return `${digits.replace("-", "−")} × 10${raised}`;
}

/** A whole number with separated thousands. */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** A share as a percentage. */
export function share(value: number): string {
  if (!Number.isFinite(value)) return number(value);
  const percent = 100 * value;
  if (percent !== 0 && Math.abs(percent) < 0.01) return `${powers(percent)} %`;
  return `${Number(percent.toPrecision(3))} %`;
}

/** A number as its column is written. */
export function ofKind(kind: NumberKind, value: number): string {
  if (kind === "share") return share(value);
  return kind === "count" ? count(value) : number(value);
}
