/**
 * The legend of a map.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";
import { colorOf, type ColorRange, placeIn } from "../live/color_map.ts";
import { number } from "./numbers.ts";

/** How many colours are drawn: more cannot be told apart. */
const steps = 64;

/** The colours from left to right, with both ends and the middle below. */
export function MapLegend(
  { range, label }: {
    range: ColorRange;
    /** What the numbers are, for those who do not see it. */
    label: string;
  },
): JSX.Element {
  const { map, low, high } = range, middle = (low + high) / 2;
  const isFlat = !(high > low);
  const ends = isFlat ? [low] : [low, middle, high];
  return (
    <span
      class="map-legend"
      role="img"
      aria-label={`${label}: from ${number(low)} to ${number(high)}`}
    >
      <svg
        viewBox={`0 0 ${steps} 1`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {Array.from({ length: steps }, (_, i) => (
          <rect
            x={i}
            y="0"
            width="1.5"
            height="1"
            fill={colorOf(
              map,
              isFlat ? placeIn(range, low) : i / (steps - 1),
            )}
          />
        ))}
      </svg>
      <span class={isFlat ? "map-ends flat" : "map-ends"} aria-hidden="true">
        {ends.map((value) => <span>{signed(map, rounded(value, range))}</span>)}
      </span>
    </span>
  );
}

/** Rounds to as many digits as tell the ends apart. */
function rounded(value: number, { low, high }: ColorRange): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return size > 0 ? Number((value / size).toFixed(3)) * size : value;
}

/** Numbers on a scale with a neutral middle have a sign. */
function signed(map: ColorRange["map"], value: number): string {
  const text = number(Number(value.toPrecision(3)));
  return map === "blueOrange" && value > 0 ? `+${text}` : text;
}
