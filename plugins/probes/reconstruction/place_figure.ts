/**
 * The figure of the FVU at each place of the picture, from its table.
 *
 * @module
 */
import type { Table } from "../../../mod.ts";
import { plotSvg } from "../figures/plot_svg.ts";

/** Width of the map in pixels, and the most that it is high. */
const side = 320;

/** A cell for each place in viridis, from the smallest number to the largest; one without a number is left empty. */
export async function placeFigure({ rows }: Table): Promise<string> {
  const [down, across] = (["row", "column"] as const).map((name) =>
    1 + Math.max(...rows.map((row) => Number(row[name])))
  ) as [number, number];
  const known = rows.filter(({ fvu }) => Number.isFinite(fvu));
  const numbers = known.map(({ fvu }) => Number(fvu));
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  const each = side / Math.max(down, across);
  const label = known.length === 0
    ? "FVU"
    : `FVU, ${low.toPrecision(3)} (dark) to ${high.toPrecision(3)} (light)`;
  return await plotSvg({ label }, (plot) => ({
    width: across * each + 40,
    height: down * each + 60,
    marginLeft: 20,
    marginTop: 20,
    marginBottom: 40,
    x: { axis: null, domain: [...Array(across).keys()], padding: 0 },
    y: { axis: null, domain: [...Array(down).keys()], padding: 0 },
    color: { scheme: "viridis", domain: [low, high] },
    marks: [
      plot.cell(known, {
        x: "column",
        y: "row",
        fill: "fvu",
        shapeRendering: "crispEdges",
        title: ({ row, column, fvu }) =>
          `row ${row}, column ${column}: ${Number(fvu).toPrecision(3)}`,
      }),
      plot.text([label], { frameAnchor: "bottom", dy: 24 }),
    ],
  }));
}
