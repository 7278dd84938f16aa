/**
 * The figures of the part "where", drawn from its tables.
 *
 * @module
 */
import type { PlotOptions } from "@observablehq/plot";
import type { Figure, Table } from "../../../mod.ts";
import { curveMarks, type CurveRow, heightsFrom } from "../figures/curves.ts";
import {
  type PlotModule,
  plotSvg,
  type Series,
  seriesColours,
} from "../figures/plot_svg.ts";
import type { Target } from "../study/target.ts";
import type { Finding } from "./finding.ts";
import { gridOf, type Source } from "./sources.ts";

const [blue, orange, green, pink, yellow, sky, grey] = seriesColours;

/** How other networks and other things that are read are drawn, and how other labels are. */
const control = { dash: "7 3" };
const relabelled = { dash: "2 3", isBare: true } as const;

/** The curves of the layers, by whose weights, the features and the labels in the table. */
const curves: Readonly<Record<string, Series>> = {
  "own, tokens, real": { name: "tokens", colour: blue },
  "own, tokens + position, real": {
    name: "tokens + position",
    colour: orange,
    isBare: true,
  },
  "own, position, real": { ...control, name: "position alone", colour: grey },
  "own, pixels + position, real": {
    ...control,
    name: "pixels + position",
    colour: green,
    isBare: true,
  },
  "random, tokens, real": { ...control, name: "random weights", colour: pink },
  "own, tokens, shuffled across pictures": {
    ...relabelled,
    name: "shuffled across pictures",
    colour: yellow,
  },
  "own, tokens, shuffled within pictures": {
    ...relabelled,
    name: "shuffled within pictures",
    colour: sky,
  },
  "own, tokens, control task": {
    ...relabelled,
    name: "control task",
    colour: "#8a6d3b",
  },
};

/** R² of every hook with every control, a panel for each target, from the table of all probes. */
export async function layersFigure(
  { rows }: Table,
  findings: readonly Finding[],
  sources: readonly Source[],
  asked: Target,
): Promise<Figure> {
  const hooks = sources.filter(({ kind }) => kind === "tokens");
  const names = hooks.map(({ hook }) => hook);
  const panels = findings.map(({ target }) => target.measured);
  const points = findings.flatMap(({ target }) =>
    hooks.flatMap((hook) => pointsAt(hook, target, rows, hooks))
  );
  const series = Object.values(curves)
    .filter(({ name }) => points.some((point) => point.series === name));
  const below = 16 + 4.5 * Math.max(...names.map((name) => name.length));
  return {
    svg: await plotSvg({
      label: `R² of linear ${asked.name} probes at each hook`,
      series,
    }, (plot) => ({
      height: 44 + 240 * panels.length + below,
      marginBottom: below,
      x: {
        type: "point",
        domain: names,
        label: null,
        tickRotate: -42,
        // Names of more hooks would lie on each other.
        ticks: names.filter((_, i) => i % Math.ceil(names.length / 30) === 0),
      },
      ...panelled(plot, points, series, { x: "hook", panels, least: -0.3 }),
    })),
    caption:
      `R² of linear probes for ${asked.measured} at each hook, with 95 % intervals over clusters of test pictures, and of every control: what lies above position and random weights is what the network worked out`,
  };
}

/** Curves of R² in panels below each other, cut off below `least`. */
function panelled(
  plot: PlotModule,
  rows: readonly CurveRow[],
  series: readonly Series[],
  { x, panels, least }: { x: string; panels: string[]; least: number },
): PlotOptions {
  const columns = { x, y: "r2", fy: "panel" };
  return {
    width: 700,
    marginTop: 40,
    marginLeft: 70,
    y: {
      label: "R² on the test",
      grid: true,
      ...heightsFrom(rows, "r2", least),
    },
    fy: { axis: null, domain: panels, padding: 0.16 },
    marks: [
      plot.ruleY([0], { stroke: "#9ca3af" }),
      ...curveMarks(plot, rows, series, columns),
      plot.text(panels, {
        fy: (panel: string) => panel,
        text: (panel: string) => panel,
        frameAnchor: "top-left",
        dy: -18,
        fontWeight: 600,
      }),
    ],
  };
}

/** The points of every curve at one hook. */
function pointsAt(
  { hook, layout }: Source,
  target: Finding["target"],
  rows: readonly CurveRow[],
  hooks: readonly Source[],
): CurveRow[] {
  // Of pixels and places there is one for all hooks on a grid.
  const [first] = hooks.filter((one) => gridOf(one.layout) === gridOf(layout));
  const here = rows.filter((row) =>
    (row.target === target.name || row.target === "control_task") &&
    row.hook === (`${row.features}`.startsWith("tokens") ? hook : first!.hook)
  );
  return [...Map.groupBy(here, curveOf)].flatMap(([curve, found]) =>
    curve
      ? [{
        ...averaged(found),
        series: curve.name,
        hook,
        panel: target.measured,
      }]
      : []
  );
}

function curveOf({ weights, features, labels }: CurveRow): Series | undefined {
  const [whose] = `${weights}`.split(" ");
  return curves[`${whose}, ${features}, ${labels}`];
}

/** One probe with its interval; of several seeds the mean, the least and the largest. */
function averaged(rows: readonly CurveRow[]) {
  const all = rows.map(({ r2 }) => Number(r2));
  const r2 = all.reduce((sum, each) => sum + each, 0) / all.length;
  const [{ low, high }] = rows as [CurveRow & Record<"low" | "high", number>];
  return rows.length === 1
    ? { r2, low, high }
    : { r2, low: Math.min(...all), high: Math.max(...all) };
}

/** How R² grows with the pictures fitted on, from its table. */
export async function learningFigure(
  { rows }: Table,
  findings: readonly Finding[],
): Promise<Figure> {
  const panels = findings.map(({ target, hook }) =>
    `${target.what} at ${hook}`
  );
  const named = rows.map((row) => ({
    ...row,
    series: row.features === "position"
      ? "position alone"
      : "tokens + position",
    panel:
      panels[findings.findIndex(({ target }) => target.name === row.target)]!,
  }));
  const series = [
    { name: "tokens + position", colour: orange },
    { ...control, name: "position alone", colour: grey },
  ];
  return {
    svg: await plotSvg({
      label: "R² on the test by pictures fitted on",
      series,
    }, (plot) => ({
      height: 90 + 190 * panels.length,
      marginBottom: 46,
      x: { label: "pictures fitted on", labelAnchor: "center", zero: true },
      ...panelled(plot, named, series, { x: "pictures", panels, least: -0.5 }),
    })),
    caption:
      "R² on the test by the number of pictures fitted on, tokens with position at the best hook and position alone (dashed): a curve that still rises says that more pictures would read more",
  };
}
