/**
 * The grid of patches, coloured by a number for each.
 *
 * @module
 */
import { raw } from "hono/html";
import type { JSX } from "hono/jsx/jsx-runtime";
import { colorOf } from "../live/color_map.ts";
import { ColorBar } from "./color_bar.tsx";
import { number } from "./numbers.ts";

/** The grid, bright where the numbers are large. */
export function PlaceMap(
  { places, grid: [rows, cols] }: {
    places: Float32Array;
    grid: readonly [rows: number, cols: number];
  },
): JSX.Element {
  const high = places.reduce((most, value) => Math.max(most, value), 0);
  return (
    <div class="places">
      <svg
        viewBox={`0 0 ${cols} ${rows}`}
        role="img"
        aria-label="Sum of the latent's values at each patch of the picture"
        shape-rendering="crispEdges"
      >
        {raw(cellsOf(places, cols, high))}
      </svg>
      <ColorBar
        scale="viridis"
        from="0"
        to={number(high)}
        label="Sum of values"
      />
    </div>
  );
}

/** A square for each patch, as text since there are hundreds, and with only numbers in it. */
function cellsOf(places: Float32Array, cols: number, high: number): string {
  let cells = "";
  places.forEach((value, i) => {
    const x = i % cols, y = Math.floor(i / cols);
    const fill = colorOf("viridis", high > 0 ? value / high : 0);
    cells +=
      `<rect x="${x}" y="${y}" width="1" height="1" fill="${fill}"><title>row ${y}, column ${x}: ${
        number(value)
      }</title></rect>`;
  });
  return cells;
}
