/**
 * A colour scale with its ends written beside it.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { type ColorMap, colorOf } from "../live/color_map.ts";

/** The colours of a scale from left to right, with its ends beside it. */
export function ColorBar(
  { scale, from, to, label }: {
    scale: ColorMap;
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

/** Each scale as rectangles, made once since every page has them. */
const ramps: Readonly<Record<ColorMap, string>> = {
  inferno: rampOf("inferno"),
  viridis: rampOf("viridis"),
  blueOrange: rampOf("blueOrange"),
};

function rampOf(map: ColorMap): string {
  return Array.from({ length: 64 }, (_, i) => {
    const fill = colorOf(map, 4 * i / 255);
    return `<rect x="${4 * i}" y="0" width="5" height="1" fill="${fill}"/>`;
  }).join("");
}
