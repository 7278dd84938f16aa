/**
 * Maps of depth with and without edits in, their figure out.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import * as chromatic from "d3-scale-chromatic";
import type { Figure, TokenLayout } from "../../../../mod.ts";
import { numberWords, rangeOf, round, svg, text } from "../figures/axes.ts";
import type { Findings } from "./findings.ts";
import type { Measured } from "./clean.ts";

const side = 150, gap = 24;

/** One picture: what the model says of each cell clean, edited, and the change; all depth in one scale, all changes in another. */
export function mapsFigure(
  grid: TokenLayout["grid"],
  { maps }: Pick<Measured, "maps">,
  { wholes, swaps }: Pick<Findings, "wholes" | "swaps">,
): Figure {
  const clean = maps.get("clean")!;
  const edited = [...wholes, ...swaps].filter(({ condition }) =>
    maps.has(condition)
  ).map(({ name, condition }) => {
    const values = maps.get(condition)!;
    return { name, values, change: values.map((x, i) => x - clean[i]!) };
  });
  const [low, high] = rangeOf(
    [clean, ...edited.map(({ values }) => values)].flatMap((x) => [...x]),
    0,
  );
  const most = Math.max(
    ...edited.flatMap(({ change }) => [...change].map((x) => Math.abs(x) || 0)),
    1e-12,
  );
  const depth = (x: number) =>
    chromatic.interpolateViridis((x - low) / (high - low || 1));
  const change = (x: number) => chromatic.interpolateRdBu(0.5 - x / most / 2);
  const cells = (
    values: Float64Array,
    column: number,
    row: number,
    colour: (x: number) => string,
  ) =>
    map(
      values,
      grid,
      [gap + column * (side + gap), 40 + row * (side + 44)],
      colour,
    );
  const words = (column: number, row: number, of: string) =>
    text([gap + column * (side + gap), 32 + row * (side + 44)], of);
  const width = gap + (1 + edited.length) * (side + gap);
  const parts = [
    words(0, 0, "clean"),
    ...cells(clean, 0, 0, depth),
    ...edited.flatMap(({ name, values, change: by }, i) => [
      words(i + 1, 0, shortened(name)),
      ...cells(values, i + 1, 0, depth),
      words(i + 1, 1, "Δ"),
      ...cells(by, i + 1, 1, change),
    ]),
    text([gap, 40 + side + 44 + 20], `depth ${numberWords(low)} (dark)`),
    text([gap, 40 + side + 44 + 38], `to ${numberWords(high)} (light)`),
    text([gap, 40 + side + 44 + 62], `Δ ${numberWords(-most)} (blue)`),
    text([gap, 40 + side + 44 + 80], `to ${numberWords(most)} (red)`),
  ];
  const label = "Depth of one picture, clean and edited";
  return {
    svg: svg({
      width: Math.max(width, 360),
      height: 2 * (side + 44) + 24,
      label,
    }, parts),
    caption:
      "What the model says of the first picture's cells: clean, with each edit, and what changes; one scale of colours for all depth, one for all changes",
  };
}

function shortened(name: string): string {
  return name.replace("the probe's direction", "the direction");
}

function map(
  values: Float64Array,
  [rows, cols]: TokenLayout["grid"],
  [left, top]: readonly [number, number],
  colour: (x: number) => string,
): string[] {
  const each = side / Math.max(rows, cols);
  return Array.from(values, (value, i) => {
    if (!Number.isFinite(value)) return "";
    const x = left + i % cols * each, y = top + Math.floor(i / cols) * each;
    // A hair wider than a cell, so that no line shows between two.
    return `<rect x="${round(x)}" y="${round(y)}" width="${
      round(each + 0.3)
    }" height="${round(each + 0.3)}" fill="${colour(value)}"/>`;
  });
}
