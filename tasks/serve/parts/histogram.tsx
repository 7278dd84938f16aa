/**
 * Counts in, bars out.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { binEdge, histogramBins } from "../../../core/latents/latent_counts.ts";
import type { LatentColumn } from "../runs/latent_columns.ts";
import { count, number, ofKind } from "./numbers.ts";
import { extent } from "../runs/extent.ts";
import { logTicks, ticks } from "./scale.ts";

/** A bar: how many, from where to where. */
export interface Bar {
  /** How many. */
  readonly count: number;
  /** The smallest value that is counted. */
  readonly from: number;
  /** Where the next bar begins. */
  readonly to: number;
  /** Where it leads. */
  readonly href?: string;
}

/** Bars next to each other; round numbers below. */
function Bars(
  { bars, label, format, of, marked, wide = false }: {
    bars: readonly Bar[];
    label: string;
    /** How a value is written. */
    format: (value: number) => string;
    /** What is counted: `tokens`. */
    of: string;
    /** Bars that stand out; all when absent. */
    marked?: (bar: Bar) => boolean;
    /** Whether it is twice as wide as usual. */
    wide?: boolean;
  },
): JSX.Element {
  const width = wide ? 880 : 440;
  const [height, bottom, left] = [148, 120, 16];
  const high = Math.max(1, ...bars.map((bar) => bar.count));
  const step = (width - 2 * left) / Math.max(1, bars.length);
  const x = (place: number): number => left + place * step;
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      // What is in a picture is not told, links included.
      role={bars.some(({ href }) => href) ? "group" : "img"}
      aria-label={label}
    >
      <line class="axis" x1={left} x2={width - left} y1={bottom} y2={bottom} />
      {bars.map((bar, i) => {
        const tall = bar.count === 0
          ? 0
          : Math.max(2, (bottom - 8) * bar.count / high);
        const words = `${count(bar.count)} ${of} from ${format(bar.from)} to ${
          format(bar.to)
        }`;
        const rect = (
          <g class={marked && !marked(bar) ? "bar faint" : "bar"}>
            <title>{words}</title>
            <rect class="hit" x={x(i)} y="0" width={step} height={bottom} />
            <rect
              x={x(i) + 0.5}
              y={bottom - tall}
              width={Math.max(0.5, step - 1)}
              height={tall}
            />
          </g>
        );
        return bar.href && bar.count > 0
          ? <a href={bar.href} aria-label={words}>{rect}</a>
          : rect;
      })}
      {barTicks(bars, wide ? 10 : 5).map(([value, place]) => (
        <>
          <line
            class="axis"
            x1={x(place)}
            x2={x(place)}
            y1={bottom}
            y2={bottom + 4}
          />
          <text class="tick middle" x={x(place)} y={height - 10}>
            {format(value)}
          </text>
        </>
      ))}
    </svg>
  );
}

/** Round numbers below bars, and the places in bars where they lie. */
function barTicks(
  bars: readonly Bar[],
  many: number,
): [value: number, place: number][] {
  if (bars.length === 0) return [];
  const low = bars[0]!.from, high = bars.at(-1)!.to;
  const second = bars[0]!.to;
  // Bars of equal ratio are those whose second edge is not where equal widths have it.
  const isLog = low > 0 && bars.length > 1 &&
    Math.abs((second - low) / ((high - low) / bars.length) - 1) > 0.01;
  const place = (value: number): number =>
    bars.length *
    (isLog
      ? Math.log(value / low) / Math.log(high / low)
      : (value - low) / (high - low || 1));
  const found = (isLog ? logTicks(low, high, many) : ticks(low, high, many))
    .map((value) => [value, place(value)] as [number, number])
    // At the very edge the words would be cut off.
    .filter(([, at]) => at > 0.03 * bars.length && at < 0.98 * bars.length);
  if (found.length > 1) return found;
  // Few bars, or one: no two round numbers lie between.
  return bars.length > 1
    ? bars.slice(1).map(({ from }, i) => [from, i + 1])
    : [[(low + high) / 2, 0.5]];
}

/** The bars of a latent's values: half octaves, without the empty ones on both sides. */
function valueBars(counts: Uint32Array): Bar[] {
  const filled = [...counts].flatMap((count, bin) => count > 0 ? [bin] : []);
  const first = filled[0] ?? histogramBins / 2, last = filled.at(-1) ?? first;
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    count: counts[first + i]!,
    from: binEdge(first + i),
    to: binEdge(first + i + 1),
  }));
}

/** Bars of a column; one where all its numbers are the same. */
const mostBars = 48;

/** The bars of a column over all latents: of equal ratio where it is positive and spans decades, else of equal width. */
export function columnBars(
  { values, name }: Pick<LatentColumn, "values" | "name">,
): Bar[] {
  const positive = values.filter((value) => value > 0);
  const range = extent(values), above = extent(positive);
  if (!range) return [];
  const isLog = above !== undefined && range[0] >= 0 &&
    above[1] / above[0] > 50;
  const [low, high] = isLog ? above.map(Math.log) as [number, number] : range;
  const bins = high > low ? mostBars : 1, width = (high - low) / bins;
  const counts = new Uint32Array(bins);
  for (const value of isLog ? positive : values) {
    if (!Number.isFinite(value)) continue;
    const at = ((isLog ? Math.log(value) : value) - low) / (width || 1);
    counts[Math.min(bins - 1, Math.max(0, Math.floor(at)))]!++;
  }
  const edge = (bin: number): number =>
    isLog ? Math.exp(low + bin * width) : low + bin * width;
  return Array.from(counts, (count, bin) => {
    const from = edge(bin), to = edge(bin + 1);
    const query = new URLSearchParams({
      sort: name,
      // A little wider, so that rounding loses no latent at an edge.
      [`min.${name}`]: wider(from, -1),
      [`max.${name}`]: wider(to, 1),
    });
    return { count, from, to, href: `?${query}` };
  });
}

function wider(value: number, sign: 1 | -1): string {
  return (value + sign * Math.abs(value) * 1e-6).toPrecision(8);
}

/** The histogram of a latent's values. */
export function ValueHistogram(
  { counts }: { counts: Uint32Array },
): JSX.Element {
  return (
    <Bars
      bars={valueBars(counts)}
      label="How many tokens have a value of each size"
      of="tokens"
      format={number}
    />
  );
}

/** The histogram of a column over all latents; its bars lead to their latents. */
export function ColumnHistogram(
  { column, marked, path = "", wide = false }: {
    column: LatentColumn;
    /** Bars that stand out; all when absent. */
    marked?: (bar: Bar) => boolean;
    /** The page that the bars lead to; this one when absent. */
    path?: string;
    /** Whether it is twice as wide as usual. */
    wide?: boolean;
  },
): JSX.Element {
  const bars = columnBars(column)
    .map((bar) => ({ ...bar, href: `${path}${bar.href}` }));
  if (bars.length === 0) return <p class="quiet">No latent has a number.</p>;
  return (
    <Bars
      bars={bars}
      label={`How many latents have each ${column.title}`}
      of="latents"
      format={(value) => ofKind(column.kind, value)}
      wide={wide}
      {...marked && { marked }}
    />
  );
}
