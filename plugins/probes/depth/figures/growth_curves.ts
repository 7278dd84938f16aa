/**
 * Numbers by how much was learned from in, curves with their intervals out.
 *
 * @module
 */
import {
  axes,
  band,
  curve,
  dot,
  legend,
  linearScale,
  type Point,
  rangeOf,
  svg,
} from "./axes.ts";

/** One curve. */
export interface GrowthSeries {
  /** What it is. */
  readonly name: string;
  /** Its colour. */
  readonly colour: string;
  /** Dashes as in SVG. */
  readonly dash?: string | undefined;
  /** Its points, with the ends of their intervals; NaN where there are none. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly low: number;
    readonly high: number;
  }[];
}

const width = 700, height = 300;
const box = { left: 64, right: 420, top: 16, bottom: 250 };

/** Curves of R², cut off below -0.5. */
export function growthCurves(
  series: readonly GrowthSeries[],
  xLabel: string,
  label: string,
): string {
  const all = series.flatMap(({ points }) => points);
  const least = -0.5, cut = (value: number) => Math.max(value, least);
  const range = rangeOf(
    all.flatMap(({ y, low, high }) => [y, low, high]).map(cut),
  );
  const y = linearScale([Math.min(0, range[0]), range[1]], [
    box.bottom,
    box.top,
  ]);
  const x = linearScale([0, rangeOf(all.map(({ x }) => x), 0.03)[1]], [
    box.left,
    box.right,
  ]);
  return svg({ width, height, label }, [
    ...axes({ box, x, y, xLabel, yLabel: "R² on the test" }),
    ...series.flatMap(({ points, colour, dash }) => {
      const at = (of: (point: typeof points[number]) => number): Point[] =>
        points.map((point) => [x(point.x), y(cut(of(point)))] as const);
      return [
        band(at(({ low }) => low), at(({ high }) => high), colour, 0.14),
        curve(at(({ y }) => y), colour, { dash }),
        ...at(({ y }) => y).map((point) => dot(point, colour)),
      ];
    }),
    ...legend([box.right + 14, box.top + 12], series),
  ]);
}
