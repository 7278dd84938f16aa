/**
 * The text that `deno task probe` prints of a result.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import type { Metric, ProbeResult } from "../../core/probe.ts";

/** The table of metrics with intervals and meanings, then the verdict. */
export function probeText({ metrics, verdict = [] }: ProbeResult): string {
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
    "",
  ].join("\n");
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
