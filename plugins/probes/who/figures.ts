/**
 * Figures of the units that go with a target, drawn from their tables.
 *
 * @module
 */
import type { Figure, Table } from "../../../mod.ts";
import { plotSvg, seriesColours } from "../figures/plot_svg.ts";
import type { UnitSource, WhoFound } from "./found.ts";

const highlight = seriesColours[0], plain = seriesColours[6];

/** Panels beside each other, at most. */
const acrossMost = 6;

/** The tuning curves in a table, a panel each. */
export async function atlas(
  { rows }: Table,
  { passes, tuning: { partialEta2 } }: UnitSource,
  { words, scale: { centres, edges } }: WhoFound,
): Promise<Figure> {
  const { name, shown, scale } = words;
  const domain = [edges[0]!, edges.at(-1)!];
  const [from, to] = domain.map((at) => `${Number(shown(at).toPrecision(2))}`);
  const panels = [...Map.groupBy(rows, ({ latent }) => Number(latent))]
    .map(([latent, bins], i) => ({
      latent,
      bins,
      column: i % acrossMost,
      row: Math.floor(i / acrossMost),
      ...{ from, to, title: `${latent}` },
      eta: `η² ${partialEta2[latent]!.toFixed(2)}`,
      colour: passes[latent] ? highlight : plain,
    }));
  const points = panels.flatMap(({ bins, ...panel }) =>
    inHeights(bins).map((bin) => ({ ...panel, ...bin, x: centres[bin.bin]! }))
  );
  const place = { fx: "column", fy: "row" };
  const svg = await plotSvg(
    { label: `Tuning curves of latents over ${name}` },
    ({ areaY, lineY, ruleY, text }) => ({
      width: Math.max(360, Math.min(acrossMost, panels.length) * 150 + 40),
      height: Math.ceil(panels.length / acrossMost) * 116 + 50,
      marginTop: 24,
      marginLeft: 20,
      marginBottom: 44,
      fx: { axis: null, padding: 0.12 },
      fy: { axis: null, padding: 0.42 },
      x: {
        domain,
        ticks: [],
        label: `${name} ${scale}`,
        labelAnchor: "center",
      },
      y: { axis: null, domain: [0, 1] },
      marks: [
        ruleY([0], { stroke: "#9ca3af" }),
        areaY(points, {
          ...{ x: "x", y1: "low", y2: "high", z: "latent", ...place },
          fill: "colour",
          fillOpacity: 0.18,
        }),
        lineY(points, {
          ...{ x: "x", y: "mean", z: "latent", ...place },
          stroke: "colour",
          strokeWidth: 2,
        }),
        ...([
          ["top-left", "title", -16, "bold"],
          ["top-right", "eta", -16, "normal"],
          ["bottom-left", "from", 14, "normal"],
          ["bottom-right", "to", 14, "normal"],
        ] as const).map(([frameAnchor, words, dy, fontWeight]) =>
          text(panels, { ...place, frameAnchor, text: words, dy, fontWeight })
        ),
      ],
    }),
  );
  return {
    svg,
    caption:
      `Mean activation (zeros included, up from 0) over bins of ${name} of the latents that go with ${name} most, each to its own height, with 95 % intervals of a bootstrap over pictures; beside its number the share η² of what the place leaves unexplained that ${name} explains; grey ones do not pass`,
  };
}

/** The bins of a curve as shares of its height. */
function inHeights(rows: Table["rows"]) {
  const bins = rows as readonly Record<
    "bin" | "mean" | "low" | "high",
    number
  >[];
  const heights = bins.flatMap(({ mean, high }) => [mean, high]);
  const most = Math.max(...heights.filter(Number.isFinite));
  return bins.map(({ bin, mean, low, high }) => ({
    bin,
    mean: mean / most,
    low: low / most,
    high: high / most,
  }));
}

/** The shares that pass in each source, from their table. */
export async function sourcesFigure(
  { rows }: Table,
  { sources, words }: WhoFound,
): Promise<Figure> {
  const { name } = words;
  const bars = rows.map((row, i) => ({
    ...row,
    name: sources[i]!.units,
    colour: row.source === "trained" ? highlight : plain,
    counts: `${row.pass} of ${row.units}`,
  }));
  const svg = await plotSvg(
    { label: `Share of units that go with ${name}, by source` },
    ({ barX, ruleY, ruleX, text }) => ({
      width: 600,
      height: 62 + 34 * bars.length,
      marginLeft: 200,
      marginRight: 100,
      marginBottom: 40,
      x: {
        label: `units that go with ${name}`,
        labelAnchor: "center",
        labelArrow: false,
        tickFormat: (share: number) => `${Number((100 * share).toFixed(1))} %`,
        ticks: 4,
        grid: true,
        domain: [0, Math.max(0.01, ...rows.map(({ high }) => Number(high)))],
      },
      y: { label: null, domain: bars.map(({ name }) => name), padding: 0.3 },
      marks: [
        barX(bars, {
          ...{ x: "share", y: "name" },
          fill: "colour",
          fillOpacity: 0.55,
        }),
        ruleY(bars, {
          ...{ x1: "low", x2: "high", y: "name" },
          stroke: "colour",
          strokeWidth: 2,
        }),
        text(bars, {
          y: "name",
          text: "counts",
          frameAnchor: "right",
          textAnchor: "start",
          dx: 12,
        }),
        ruleX([0]),
      ],
    }),
  );
  return {
    svg,
    caption:
      `Share of units that go with ${name} by the same rule, with 95 % intervals over units: the trained dictionary and, at the same number of units that fire on a patch, its controls`,
  };
}
