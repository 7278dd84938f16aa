/**
 * The figure of the model's depth of one picture with and without edits.
 *
 * @module
 */
import { digits, type Figure, type TokenLayout } from "../../../../mod.ts";
import { plotSvg } from "../../figures/plot_svg.ts";
import type { Measured } from "./clean.ts";
import type { Findings } from "./findings.ts";

/** Width of a map in pixels, and the shares of a step that lie between two maps. */
const side = 150, across = 0.13, down = 0.22;

/** One picture: what the model says of each cell clean, edited, and the change; all depth in one scale, all changes in another. */
export async function mapsFigure(
  [rows, cols]: TokenLayout["grid"],
  { maps }: Pick<Measured, "maps">,
  { wholes, swaps }: Pick<Findings, "wholes" | "swaps">,
): Promise<Figure> {
  const clean = maps.get("clean")!;
  const edited = [...wholes, ...swaps].filter(({ condition }) =>
    maps.has(condition)
  ).map(({ name, condition }) => {
    const values = maps.get(condition)!;
    return {
      name: name.replace("the probe's direction", "the direction"),
      values,
    };
  });
  const says = [{ name: "clean", values: clean }, ...edited];
  const changes = edited.map(({ name, values }) => ({
    name,
    values: values.map((x, i) => x - clean[i]!),
  }));
  const depths = known(says.flatMap(({ values }) => [...values]));
  const low = Math.min(...depths), high = Math.max(...depths);
  const most = Math.max(
    1e-12,
    ...known(changes.flatMap(({ values }) => [...values])).map(Math.abs),
  );
  return {
    svg: await plotSvg(
      { label: "Depth of one picture, clean and edited" },
      ({ cell, text, scale }) => {
        const viridis = scale({
          color: { scheme: "viridis", domain: [low, high] },
        });
        const redBlue = scale({
          color: { scheme: "RdBu", domain: [-most, most], reverse: true },
        });
        const cells = [
          ...cellsOf(says, "depth", viridis.apply),
          ...cellsOf(changes, "change", redBlue.apply),
        ];
        const titles = [
          ...says.map(({ name }) => ({ name, row: "depth", title: name })),
          ...changes.map(({ name }) => ({ name, row: "change", title: "Δ" })),
        ];
        const place = { fx: "name", fy: "row" };
        const scales = `depth ${digits(low)} (dark)\nto ${
          digits(high)
        } (light)\n\nΔ ${digits(-most)} (blue)\nto ${digits(most)} (red)`;
        return {
          width: 40 + side / (1 - across) * (says.length - across),
          height: 60 + side * rows / cols / (1 - down) * (2 - down),
          marginTop: 40,
          marginBottom: 20,
          marginLeft: 20,
          fx: {
            axis: null,
            domain: says.map(({ name }) => name),
            padding: across,
            round: false,
          },
          fy: {
            axis: null,
            domain: ["depth", "change"],
            padding: down,
            round: false,
          },
          x: {
            axis: null,
            domain: [...Array(cols).keys()],
            padding: 0,
            round: false,
          },
          y: {
            axis: null,
            domain: [...Array(rows).keys()],
            padding: 0,
            round: false,
          },
          marks: [
            cell(cells, {
              ...place,
              x: "col",
              y: "line",
              fill: "colour",
              shapeRendering: "crispEdges",
            }),
            text(titles, {
              ...place,
              text: "title",
              frameAnchor: "top-left",
              dy: -16,
            }),
            text([{ name: "clean", row: "change" }], {
              ...place,
              text: () => scales,
              frameAnchor: "left",
            }),
          ],
        };
      },
    ),
    caption:
      "What the model says of the first picture's cells: clean, with each edit, and what changes; one scale of colours for all depth, one for all changes",
  };

  function cellsOf(
    all: readonly { name: string; values: Float64Array }[],
    row: string,
    colour: (value: number) => string,
  ) {
    return all.flatMap(({ name, values }) =>
      Array.from(values, (value, i) => ({
        ...{ name, row, value },
        col: i % cols,
        line: Math.floor(i / cols),
      }))
    ).filter(({ value }) => Number.isFinite(value))
      .map((each) => ({ ...each, colour: colour(each.value) }));
  }
}

function known(values: readonly number[]): number[] {
  return values.filter(Number.isFinite);
}
