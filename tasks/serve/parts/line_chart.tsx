/**
 * Numbers over tokens in, a curve out.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { short } from "./numbers.ts";
import { extent } from "../runs/extent.ts";
import { ticks } from "./scale.ts";

/** Points that are drawn at most: more cannot be told apart. */
const most = 400;

/** Every so manyth place of a list, and the last one. */
function places(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / most));
  const all = Array.from(
    { length: Math.ceil(length / step) },
    (_, i) => i * step,
  );
  if (length > 0 && all.at(-1) !== length - 1) all.push(length - 1);
  return all;
}

/** The path through points; it begins anew behind one that has no number. */
function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  let isOn = false;
  return points.map(([x, y]) => {
    if (!Number.isFinite(y)) {
      isOn = false;
      return "";
    }
    const part = `${isOn ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOn = true;
    return part;
  }).join("");
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
  const [low, high] = roomFor(range);
  const marks = ticks(low, high, 4).map((value) => ({
    value,
    text: format(value),
  }));
  const longest = Math.max(...marks.map(({ text }) => text.length));
  const box = {
    left: Math.max(44, 12 + 7.5 * longest),
    right: width - 12,
    top: 12,
    bottom: height - 28,
  };
  const first = 0, last = tokens.at(-1)!;
  const x = (value: number) =>
    box.left +
    (box.right - box.left) * (value - first) / (last - first || 1);
  const y = (value: number) =>
    box.bottom - (box.bottom - box.top) * (value - low) / (high - low);
  const line = places(values.length)
    .map((i) => [x(tokens[i]!), y(values[i]!)] as const);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${label}, last ${format(values.at(-1)!)}`}
    >
      {marks.map(({ value, text }) => (
        <>
          <line
            class="grid"
            x1={box.left}
            x2={box.right}
            y1={y(value)}
            y2={y(value)}
          />
          <text class="tick end" x={box.left - 8} y={y(value) + 4}>
            {text}
          </text>
        </>
      ))}
      {ticks(first, last, 4).map((value) => (
        <text class="tick middle" x={x(value)} y={height - 8}>
          {short(value)}
        </text>
      ))}
      <path class="line" d={pathOf(line)} />
    </svg>
  );
}

/** A curve as small as a word. */
export function Sparkline(
  { values, label }: { values: readonly number[]; label: string },
): JSX.Element {
  const range = extent(values);
  if (!range || values.length < 2) return <span class="quiet">–</span>;
  const [width, height] = [96, 24], [low, high] = range;
  const points = places(values.length).map((i) =>
    [
      2 + (width - 4) * i / (values.length - 1),
      height - 3 - (height - 6) * (values[i]! - low) / (high - low || 1),
    ] as const
  );
  const end = points.at(-1)!;
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <path class="line" d={pathOf(points)} />
      {Number.isFinite(end[1]) && (
        <circle class="dot" cx={end[0]} cy={end[1]} r="2" />
      )}
    </svg>
  );
}
