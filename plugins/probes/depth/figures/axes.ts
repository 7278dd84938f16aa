/**
 * Scales in, the axes and the legend of an SVG figure out; with all else that
 * figures are drawn with.
 *
 * @module
 */
import { axisInk, gridInk, line, type Point, round, text } from "./marks.ts";
import type { Scale } from "./scales.ts";

export * from "./marks.ts";
export * from "./scales.ts";

/** Where a plot lies in its figure, in pixels. */
export interface Box {
  /** Its left edge. */
  readonly left: number;
  /** Its right edge. */
  readonly right: number;
  /** Its upper edge. */
  readonly top: number;
  /** Its lower edge. */
  readonly bottom: number;
}

/** Options for {@linkcode axes}. */
export interface AxesOptions {
  /** Where the plot lies. */
  readonly box: Box;
  /** To the right, with its ticks; absent where labels are written by hand. */
  readonly x?: Scale;
  /** Upwards. */
  readonly y: Scale;
  /** What goes to the right. */
  readonly xLabel?: string;
  /** What goes upwards. */
  readonly yLabel: string;
  /** What is over the plot. */
  readonly title?: string;
}

/** Lines behind the plot, its ticks, and what its axes are. */
export function axes(
  { box, x, y, xLabel, yLabel, title }: AxesOptions,
): string[] {
  const { left, right, top, bottom } = box;
  const middle = (top + bottom) / 2;
  return [
    ...y.ticks.flatMap((value) => [
      line([left, y(value)], [right, y(value)], gridInk),
      text([left - 6, y(value) + 4], numberWords(value), { anchor: "end" }),
    ]),
    ...(x?.ticks ?? []).flatMap((value) => [
      line([x!(value), bottom], [x!(value), bottom + 4], axisInk),
      text([x!(value), bottom + 17], numberWords(value), { anchor: "middle" }),
    ]),
    line([left, bottom], [right, bottom], axisInk),
    `<g transform="translate(${round(left - 46)} ${
      round(middle)
    }) rotate(-90)">${text([0, 0], yLabel, { anchor: "middle" })}</g>`,
    ...xLabel === undefined ? [] : [
      text([(left + right) / 2, bottom + 36], xLabel, { anchor: "middle" }),
    ],
    ...title === undefined
      ? []
      : [text([left, top - 10], title, { bold: true })],
  ];
}

/** What lines mean, one below the other from `at`. */
export function legend(
  [x, y]: Point,
  entries: readonly {
    name: string;
    colour: string;
    dash?: string | undefined;
  }[],
): string[] {
  return entries.flatMap(({ name, colour, dash }, i) => {
    const row = y + 18 * i, style = dash ? { width: 2, dash } : { width: 2 };
    return [
      line([x, row - 4], [x + 22, row - 4], colour, style),
      text([x + 28, row], name),
    ];
  });
}

/** A number in few characters: `0.25`, `-3`, `1.2e-7`. */
export function numberWords(value: number): string {
  const words = String(Number(value.toPrecision(4)));
  return words.replace("-", "\u2212");
}
