/**
 * A bar chart with round numbers below it.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
// @ts-types="npm:@types/d3-scale@^4.0.9"
import { scaleLinear, scaleLog } from "d3-scale";
import { logTicks } from "./log_ticks.ts";
import { count } from "./numbers.ts";

/** One bar. */
export interface Bar {
  /** How many values it counts. */
  readonly count: number;
  /** The smallest value that it counts. */
  readonly from: number;
  /** Where the next bar begins. */
  readonly to: number;
  /** Where it leads. */
  readonly href?: string;
}

/** Bars next to each other, all of equal width or all of equal ratio. */
export function Bars(
  { bars, label, format, of, marked, wide = false }: {
    bars: readonly Bar[];
    label: string;
    /** How a value is written. */
    format: (value: number) => string;
    /** What is counted, such as `tokens`. */
    of: string;
    /** Bars that stand out; all when absent. */
    marked?: (bar: Bar) => boolean;
    /** Whether the chart is twice as wide as usual. */
    wide?: boolean;
  },
): JSX.Element {
  const [height, bottom, left, right] = [148, 120, 16, (wide ? 880 : 440) - 16];
  const high = Math.max(1, ...bars.map((bar) => bar.count));
  const step = (right - left) / Math.max(1, bars.length);
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${right + left} ${height}`}
      // Screen readers skip what is inside an image, links included.
      role={bars.some(({ href }) => href) ? "group" : "img"}
      aria-label={label}
    >
      <line class="axis" x1={left} x2={right} y1={bottom} y2={bottom} />
      {bars.map((bar, i) => {
        const x = left + i * step;
        const tall = bar.count === 0
          ? 0
          : Math.max(2, (bottom - 8) * bar.count / high);
        const words = `${count(bar.count)} ${of} from ${format(bar.from)} to ${
          format(bar.to)
        }`;
        const rect = (
          <g class={marked && !marked(bar) ? "bar faint" : "bar"}>
            <title>{words}</title>
            <rect class="hit" x={x} y="0" width={step} height={bottom} />
            <rect
              x={x + 0.5}
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
      {barTicks(bars, [left, right], wide ? 10 : 5).map(([value, x]) => (
        <>
          <line class="axis" x1={x} x2={x} y1={bottom} y2={bottom + 4} />
          <text class="tick middle" x={x} y={height - 10}>
            {format(value)}
          </text>
        </>
      ))}
    </svg>
  );
}

/** About `many` round numbers below bars that lie in `range`, each with its place there. */
function barTicks(
  bars: readonly Bar[],
  [left, right]: [left: number, right: number],
  many: number,
): [value: number, x: number][] {
  if (bars.length === 0) return [];
  const ends = [bars[0]!.from, bars.at(-1)!.to] as [number, number];
  const isLog = isLogarithmic(bars);
  const x = (isLog ? scaleLog() : scaleLinear()).domain(ends)
    .range([left, right]);
  const round = isLog ? logTicks(...ends, many) : x.ticks(0.8 * many);
  // A number at the very edge would be cut off.
  const room = right - left, least = left + 0.03 * room;
  const most = left + 0.98 * room;
  const found = round.map((value) => [value, x(value)] as [number, number])
    .filter(([, at]) => at > least && at < most);
  if (found.length > 1) return found;
  // So few bars that at most one round number lies between them.
  return bars.length > 1
    ? bars.slice(1).map(({ from }) => [from, x(from)])
    : [[(ends[0] + ends[1]) / 2, (left + right) / 2]];
}

/** Whether bars are of equal ratio: then the second does not begin where it would at equal widths. */
function isLogarithmic(bars: readonly Bar[]): boolean {
  const low = bars[0]!.from, high = bars.at(-1)!.to;
  const width = (high - low) / bars.length;
  return low > 0 && bars.length > 1 &&
    Math.abs((bars[0]!.to - low) / width - 1) > 0.01;
}
