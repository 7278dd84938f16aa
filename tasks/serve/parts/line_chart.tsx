/**
 * Curves of numbers over tokens.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
// @ts-types="npm:@types/d3-scale@^4.0.9"
import { scaleLinear } from "d3-scale";
// @ts-types="npm:@types/d3-shape@^3.1.7"
import { line } from "d3-shape";
import { extent } from "../runs/extent.ts";
import { short } from "./numbers.ts";

/** The most points that are drawn: more cannot be told apart. */
const most = 400;

/** At most about `most` evenly spaced positions, always including the last. */
function positions(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / most));
  const all = Array.from(
    { length: Math.ceil(length / step) },
    (_, i) => i * step,
  );
  if (length > 0 && all.at(-1) !== length - 1) all.push(length - 1);
  return all;
}

/** The path through `values`, with gaps where one is not finite. */
function pathOf(
  values: readonly number[],
  x: (position: number) => number,
  y: (value: number) => number,
): string {
  const curve = line<number>()
    .defined((i) => Number.isFinite(values[i]))
    .x(x).y((i) => y(values[i]!)).digits(1);
  return curve(positions(values.length)) ?? "";
}

/** Where an axis begins and ends: at 0 if that is near or nothing changes, with a little room around. */
function roomFor([low, high]: readonly [number, number]): [number, number] {
  const room = (high - low || Math.abs(high) || 1) * 0.08;
  const isNearZero = low >= 0 && (low < high / 2 || low === high);
  return [isNearZero ? 0 : low - room, high + room];
}

/** A curve over tokens, with its axes. */
export function LineChart(
  { tokens, values, label, format }: {
    tokens: readonly number[];
    values: readonly number[];
    /** What it shows, for those who do not see it. */
    label: string;
    /** How a value is written. */
    format: (value: number) => string;
  },
): JSX.Element {
  const [width, height] = [320, 176], range = extent(values);
  if (!range || tokens.length < 2) {
    return <p class="quiet">Nothing to draw yet.</p>;
  }
  const y = scaleLinear().domain(roomFor(range));
  const marks = y.ticks(4).map((value) => ({ value, text: format(value) }));
  const longest = Math.max(...marks.map(({ text }) => text.length));
  const left = Math.max(44, 12 + 7.5 * longest), right = width - 12;
  const x = scaleLinear().domain([0, tokens.at(-1)!]).range([left, right]);
  y.range([height - 28, 12]);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}, last ${format(values.at(-1)!)}`}
    >
      {marks.map(({ value, text }) => (
        <>
          <line class="grid" x1={left} x2={right} y1={y(value)} y2={y(value)} />
          <text class="tick end" x={left - 8} y={y(value) + 4}>{text}</text>
        </>
      ))}
      {x.ticks(4).map((value) => (
        <text class="tick middle" x={x(value)} y={height - 8}>
          {short(value)}
        </text>
      ))}
      <path class="line" d={pathOf(values, (i) => x(tokens[i]!), y)} />
    </svg>
  );
}

/** A curve as small as a word. */
export function Sparkline(
  { values, label }: { values: readonly number[]; label: string },
): JSX.Element {
  const range = extent(values);
  if (!range || values.length < 2) return <span class="quiet">–</span>;
  const [width, height] = [96, 24], last = values.length - 1;
  const x = scaleLinear().domain([0, last]).range([2, width - 2]);
  const y = scaleLinear().domain(range).range([height - 3, 3]);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <path class="line" d={pathOf(values, x, y)} />
      {Number.isFinite(values[last]) && (
        <circle class="dot" cx={x(last)} cy={y(values[last]!)} r="2" />
      )}
    </svg>
  );
}
