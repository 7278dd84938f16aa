/**
 * A scale of colours with its ends written beside it.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
// @ts-types="npm:@types/d3-scale-chromatic@^3.1.0"
import * as chromatic from "d3-scale-chromatic";

/** The colours of 256 steps of a scale. */
function steps(colourAt: (place: number) => string): readonly string[] {
  return Array.from({ length: 256 }, (_, step) => colourAt(step / 255));
}

const scales = {
  inferno: steps(chromatic.interpolateInferno),
  viridis: steps(chromatic.interpolateViridis),
  cividis: steps(chromatic.interpolateCividis),
} as const;

/** The name of a scale of colours; all can be told apart by colour-blind readers. */
export type ScaleName = keyof typeof scales;

/** The colour at a place from 0 to 1 of a scale. */
export function colorAt(scale: ScaleName, place: number): string {
  return scales[scale][Math.round(255 * Math.min(1, Math.max(0, place)))]!;
}

/** The colours of a scale from left to right, its ends written beside it. */
export function ColorBar(
  { scale, from, to, label }: {
    scale: ScaleName;
    from: string;
    to: string;
    label: string;
  },
): JSX.Element {
  return (
    <span
      class="colorbar"
      role="img"
      aria-label={`${label}: from ${from} to ${to}`}
    >
      <span>{from}</span>
      <svg viewBox="0 0 256 1" preserveAspectRatio="none" aria-hidden="true">
        {raw(ramps[scale])}
      </svg>
      <span>{to}</span>
    </span>
  );
}

/** Each scale as rectangles: the same on every page, so it is written once. */
const ramps = Object.fromEntries(
  Object.entries(scales).map(([name, colours]) => [
    name,
    colours.map((colour, x) =>
      x % 4 === 0
        ? `<rect x="${x}" y="0" width="5" height="1" fill="${colour}"/>`
        : ""
    ).join(""),
  ]),
) as Record<ScaleName, string>;
