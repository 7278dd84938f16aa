/**
 * Numbers on a grid in, a picture of them out.
 *
 * @module
 */
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import * as chromatic from "d3-scale-chromatic";

/** Options for {@linkcode heatMap}. */
export interface HeatMapOptions {
  /** Rows and columns. */
  readonly grid: readonly [rows: number, cols: number];
  /** The numbers, row by row; NaN is left empty. */
  readonly values: ArrayLike<number>;
  /** What they are, beside the scale. */
  readonly title: string;
}

/** Width of the map in pixels, and the most that it is high. */
const side = 320;

/**
 * An SVG of a cell for each number, in viridis from the smallest to the
 * largest, with its scale. Its grey reads on light and on dark paper.
 */
export function heatMap({ grid, values, title }: HeatMapOptions): string {
  const [rows, cols] = grid, each = side / Math.max(rows, cols);
  const known = Array.from(values).filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const colour = (value: number): string =>
    hex(chromatic.interpolateViridis((value - low) / (high - low || 1)));
  const cells = Array.from({ length: rows * cols }, (_, i) => {
    const [row, col, value] = [Math.floor(i / cols), i % cols, values[i]!];
    if (!Number.isFinite(value)) return "";
    // A hair wider than a cell, so that no line shows between two.
    const place = `x="${round(col * each)}" y="${round(row * each)}" width="${
      round(each + 0.3)
    }" height="${round(each + 0.3)}"`;
    return `<rect ${place} fill="${
      colour(value)
    }"><title>row ${row}, column ${col}: ${
      value.toPrecision(3)
    }</title></rect>`;
  });
  const [width, height] = [cols * each, rows * each];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -8 ${
      round(width + 16)
    } ${round(height + 62)}" width="${
      round(width + 16)
    }" role="img" aria-label="${
      escaped(title)
    }" font-family="system-ui, sans-serif" font-size="12" fill="#767676">`,
    ...cells,
    ...known.length > 0
      ? scale({ low, high, title, width, height }, colour)
      : [],
    "</svg>",
  ].filter((line) => line !== "").join("\n");
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly title: string;
  readonly width: number;
  readonly height: number;
}

/** The colours from the smallest number to the largest, with both. */
function scale(
  { low, high, title, width, height }: Scale,
  colour: (value: number) => string,
): string[] {
  const steps = 40, each = width / steps, top = round(height + 12);
  const bar = Array.from({ length: steps }, (_, i) => {
    const value = low + (high - low) * i / (steps - 1);
    return `<rect x="${round(i * each)}" y="${top}" width="${
      round(each + 0.3)
    }" height="8" fill="${colour(value)}"/>`;
  });
  const text = (x: number, anchor: string, words: string): string =>
    `<text x="${round(x)}" y="${round(height + 38)}" text-anchor="${anchor}">${
      escaped(words)
    }</text>`;
  return [
    ...bar,
    text(0, "start", low.toPrecision(3)),
    text(width / 2, "middle", title),
    text(width, "end", high.toPrecision(3)),
  ];
}

/** Two decimals: no shorter line can be seen. */
function round(value: number): number {
  return Math.round(100 * value) / 100;
}

/** `rgb(1, 2, 3)` as `#010203`. */
function hex(colour: string): string {
  const parts = colour.match(/\d+/g);
  return colour.startsWith("#") || !parts
    ? colour
    : `#${
      parts.map((part) => Number(part).toString(16).padStart(2, "0")).join("")
    }`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll('"', "&quot;");
}
