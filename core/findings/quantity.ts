/**
 * Metrics by name, of which those that could not be measured are left out.
 *
 * @module
 */
import type { Metric } from "../probe.ts";
import type { Estimate } from "../estimate.ts";

/**
 * The metric `name`, to be spread into a result's metrics; nothing where there
 * is no number or it is not finite.
 *
 * @example
 * ```ts
 * import { quantity } from "./quantity.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const share = { value: 0.5, low: 0.25, high: 0.75 };
 * deepEqual(
 *   {
 *     ...quantity("pass", 3, "latents that pass", "latents"),
 *     ...quantity("share", share, "share of the latents that pass"),
 *     ...quantity("best", NaN, "the largest of those that pass"),
 *   },
 *   {
 *     pass: { value: 3, meaning: "latents that pass", unit: "latents" },
 *     share: { ...share, meaning: "share of the latents that pass" },
 *   },
 * );
 * ```
 */
export function quantity(
  name: string,
  measured: Estimate | number | undefined,
  meaning: string,
  unit?: string,
): Record<string, Metric> {
  const { value, low, high } = typeof measured === "number"
    ? { value: measured }
    : measured ?? { value: NaN };
  if (!Number.isFinite(value)) return {};
  const interval = low !== undefined && high !== undefined && { low, high };
  return {
    [name]: { value, ...interval, meaning, ...unit !== undefined && { unit } },
  };
}
