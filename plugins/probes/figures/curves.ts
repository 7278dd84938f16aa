/**
 * Curves over rows of a table, with their intervals.
 *
 * @module
 */
import type { Markish, ScaleOptions } from "@observablehq/plot";
import type { Table } from "../../../mod.ts";
import type { PlotModule, Series } from "./plot_svg.ts";

/** A row of a table, with the name of the curve that it is a point of as `series`, and its interval as `low` and `high`. */
export type CurveRow = Table["rows"][number];

/** The curves of `series` with bands for their intervals, and dots on those that are not dashed; `fy` makes panels below each other. */
export function curveMarks(
  { areaY, lineY, dot }: PlotModule,
  rows: readonly CurveRow[],
  series: readonly Series[],
  columns: { x: string; y: string; fy?: string },
): Markish[] {
  const { x, y, ...facets } = columns;
  const dashes = Map.groupBy(series, ({ dash }) => dash);
  const of = (some: readonly Series[] = []) =>
    rows.filter((row) => some.some(({ name }) => name === row.series));
  return [
    areaY(of(series.filter(({ isBare }) => !isBare)), {
      ...{ x, y1: "low", y2: "high", ...facets },
      fill: "series",
      fillOpacity: 0.14,
    }),
    ...[...dashes].map(([dash, some]) =>
      lineY(of(some), {
        ...columns,
        stroke: "series",
        strokeWidth: 2,
        ...dash !== undefined && { strokeDasharray: dash },
      })
    ),
    dot(of(dashes.get(undefined)), {
      ...columns,
      r: 3,
      fill: "series",
      title: (row: CurveRow) => `${row[x]}: ${Number(row[y]).toFixed(3)}`,
    }),
  ];
}

/** A scale of column `y` and the intervals, 0 in it, from `least` where they go deeper. */
export function heightsFrom(
  rows: readonly CurveRow[],
  y: string,
  least: number,
): ScaleOptions {
  const all = rows.flatMap((row) => [row[y], row.low, row.high])
    .filter((value): value is number => Number.isFinite(value));
  const deepest = Math.max(least, Math.min(0, ...all));
  return { domain: [deepest, Math.max(0, ...all)], clamp: true, nice: true };
}
