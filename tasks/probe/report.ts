/**
 * The text that `deno task probe` prints of a result.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import type { Metric, ProbeResult } from "../../core/probe.ts";

/** The table of metrics with intervals and meanings, the verdict, and the columns for latents. */
export function probeText(
  name: string,
  { metrics, verdict = [], perLatent = {} }: ProbeResult,
): string {
  const rows = Object.entries(metrics).map(([name, metric]) => [
    name,
    metricText(metric),
    intervalText(metric),
    metric.meaning,
  ]);
  const head = ["", "", "95 % interval", ""];
  const hasInterval = rows.some(([, , interval]) => interval !== "");
  return [
    "",
    alignText(hasInterval ? [head, ...rows] : rows, { width: 110 }),
    ...verdict.length > 0 ? [""] : [],
    ...verdict.map((sentence) => `${sentence}.`),
    ...columnsText(name, Object.keys(perLatent)),
    "",
  ].join("\n");
}

/** How the latents' page calls the columns: `reach.length`. */
function columnsText(name: string, columns: readonly string[]): string[] {
  if (columns.length === 0) return [];
  const first = columns.slice(0, 3).map((column) => `${name}.${column}`)
    .join(", ");
  const more = columns.length > 3 ? ` and ${columns.length - 3} more` : "";
  return ["", `columns on the latents' page: ${first}${more}`];
}

function metricText({ value, unit }: Metric): string {
  return unit === undefined ? short(value) : `${short(value)} ${unit}`;
}

function intervalText({ low, high }: Metric): string {
  return low === undefined || high === undefined
    ? ""
    : `${short(low)} to ${short(high)}`;
}

/** Four significant digits. */
function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
