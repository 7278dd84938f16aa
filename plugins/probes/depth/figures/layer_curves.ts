/**
 * Numbers of each hook in, curves over the hooks with their intervals out.
 *
 * @module
 */
import {
  axes,
  band,
  type Box,
  curve,
  dot,
  legend,
  line,
  linearScale,
  type Point,
  rangeOf,
  svg,
  text,
} from "./axes.ts";

/** One curve. */
export interface LayerSeries {
  /** What it is. */
  readonly name: string;
  /** Its colour. */
  readonly colour: string;
  /** Dashes as in SVG, for controls. */
  readonly dash?: string;
  /** A number for each hook; NaN where there is none. */
  readonly values: readonly number[];
  /** Lower ends of a band around it. */
  readonly low?: readonly number[];
  /** Upper ends. */
  readonly high?: readonly number[];
}

/** Curves that share axes. */
export interface LayerPanel {
  /** What is over them. */
  readonly title: string;
  /** The curves. */
  readonly series: readonly LayerSeries[];
}

const width = 700, plotHeight = 230, below = 30;
const left = 64, right = 470;

/** A panel below the other, with the hooks' names below the last one; values below -0.3 are cut off. */
export function layerCurves(
  panels: readonly LayerPanel[],
  hooks: readonly string[],
  label: string,
): string {
  const longest = Math.max(...hooks.map((hook) => hook.length));
  const names = 3.4 * longest;
  const height = 28 + panels.length * (plotHeight + below) + names;
  return svg({ width, height, label }, [
    ...panels.flatMap((panel, i) => {
      const top = 28 + i * (plotHeight + below);
      const box = { left, right, top, bottom: top + plotHeight - 20 };
      return panelParts(panel, hooks, box, i === panels.length - 1);
    }),
  ]);
}

function panelParts(
  { title, series }: LayerPanel,
  hooks: readonly string[],
  box: Box,
  isLast: boolean,
): string[] {
  const all = series.flatMap(({ values, low = [], high = [] }) => [
    ...values,
    ...low,
    ...high,
  ]);
  const [least, most] = rangeOf(all.map((value) => Math.max(value, -0.3)));
  const y = linearScale([Math.min(0, least), most], [box.bottom, box.top]);
  const x = linearScale(
    [-0.4, Math.max(1, hooks.length) - 0.6],
    [box.left, box.right],
  );
  // Names of more hooks would lie on each other.
  const every = Math.ceil(hooks.length / 30);
  const points = (values: readonly number[]): Point[] =>
    values.map((value, i) => [x(i), y(Math.max(value, y.low))] as const);
  return [
    ...axes({ box, y, yLabel: "R² on the test", title }),
    line([box.left, y(0)], [box.right, y(0)], "#9ca3af"),
    ...series.flatMap(({ values, low, high, colour, dash }) => [
      ...low && high ? [band(points(low), points(high), colour, 0.14)] : [],
      curve(points(values), colour, { dash }),
      ...dash
        ? []
        : points(values).map((point, i) =>
          dot(point, colour, { title: `${hooks[i]}: ${values[i]!.toFixed(3)}` })
        ),
    ]),
    ...legend([box.right + 14, box.top + 12], series),
    ...hooks.flatMap((hook, i) => [
      line([x(i), box.bottom], [x(i), box.bottom + 4], "#6b7280"),
      ...isLast && i % every === 0
        ? [
          text([x(i) + 4, box.bottom + 14], hook, {
            anchor: "end",
            size: 10,
            turn: -42,
          }),
        ]
        : [],
    ]),
  ];
}
