/**
 * The figures of the part "where", drawn from its tables.
 *
 * @module
 */
import type { Figure, Table } from "../../../../mod.ts";
import {
  curveMarks,
  type CurveRow,
  heightsFrom,
} from "../../figures/curves.ts";
import { plotSvg, type Series, seriesColours } from "../../figures/plot_svg.ts";
import { targetWords } from "./find_reading.ts";
import type { Finding } from "./finding.ts";
import { gridOf, type Source } from "./sources.ts";

const [blue, orange, green, pink, yellow, sky, grey] = seriesColours;

/** The curves of the layers, by whose weights, the features and the labels in the table. */
const curves: Readonly<Record<string, Series>> = {
  "own, tokens, real": { name: "tokens", colour: blue! },
  "own, tokens + position, real": {
    name: "tokens + position",
    colour: orange!,
    isBare: true,
  },
  "own, position, real": {
    name: "position alone",
    colour: grey!,
    dash: "7 3",
  },
  "own, pixels + position, real": {
    name: "pixels + position",
    colour: green!,
    dash: "7 3",
    isBare: true,
  },
  "random, tokens, real": {
    name: "random weights",
    colour: pink!,
    dash: "7 3",
  },
  "own, tokens, shuffled across pictures": {
    name: "shuffled across pictures",
    colour: yellow!,
    dash: "2 3",
    isBare: true,
  },
  "own, tokens, shuffled within pictures": {
    name: "shuffled within pictures",
    colour: sky!,
    dash: "2 3",
    isBare: true,
  },
  "own, tokens, control task": {
    name: "control task",
    colour: "#8a6d3b",
    dash: "2 3",
    isBare: true,
  },
};

/** R² of every hook with every control, a panel for each target, from the table of all probes. */
export async function layersFigure(
  { rows }: Table,
  findings: readonly Finding[],
  sources: readonly Source[],
): Promise<Figure> {
  const hooks = sources.filter(({ kind }) => kind === "tokens");
  const names = hooks.map(({ hook }) => hook);
  const panels = findings.map(({ target }) => targetWords[target][1]);
  const points = findings.flatMap(({ target }) =>
    hooks.flatMap((hook) => pointsAt(hook, target, rows, hooks))
  );
  const series = Object.values(curves)
    .filter(({ name }) => points.some((point) => point.series === name));
  const below = 16 + 4.5 * Math.max(...names.map((name) => name.length));
  return {
    svg: await plotSvg({
      label: "R² of linear depth probes at each hook",
      series,
    }, (plot) => ({
      width: 700,
      height: 44 + 240 * panels.length + below,
      marginTop: 40,
      marginLeft: 70,
      marginBottom: below,
      x: {
        type: "point",
        domain: names,
        label: null,
        tickRotate: -42,
        // Names of more hooks would lie on each other.
        ticks: names.filter((_, i) => i % Math.ceil(names.length / 30) === 0),
      },
      y: {
        label: "R² on the test",
        grid: true,
        ...heightsFrom(points, "r2", -0.3),
      },
      fy: { axis: null, domain: panels, padding: 0.16 },
      marks: [
        plot.ruleY([0], { stroke: "#9ca3af" }),
        ...curveMarks(plot, points, series, {
          x: "hook",
          y: "r2",
          fy: "panel",
        }),
        plot.text(panels, {
          fy: (panel: string) => panel,
          text: (panel: string) => `Logarithm of ${panel}`,
          frameAnchor: "top-left",
          dy: -18,
          fontWeight: 600,
        }),
      ],
    })),
    caption:
      "R² of linear probes for the logarithm of depth at each hook, with 95 % intervals over clusters of test pictures, and of every control: what lies above position and random weights is what the network worked out",
  };
}

/** The points of every curve at one hook. */
function pointsAt(
  { hook, layout }: Source,
  target: Finding["target"],
  rows: readonly CurveRow[],
  hooks: readonly Source[],
): CurveRow[] {
  const asked = rows.filter((row) =>
    row.target === target || row.target === "control_task"
  );
  // Of pixels and places there is one for all hooks on a grid.
  const [first] = hooks.filter((one) => gridOf(one.layout) === gridOf(layout));
  const here = asked.filter((row) =>
    row.hook ===
      (`${row.features}`.startsWith("tokens") ? hook : first!.hook)
  );
  return [...Map.groupBy(here, curveOf)].flatMap(([curve, found]) =>
    curve
      ? [{
        ...averaged(found),
        series: curve.name,
        hook,
        panel: targetWords[target][1],
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
export async function learningFigure({ rows }: Table): Promise<Figure> {
  const named: CurveRow[] = rows.map((row) => {
    const isOwn = row.target === "own_log_depth";
    const where = row.features === "position" ? row.features : row.hook;
    return {
      ...row,
      series: `${isOwn ? "model's depth" : "true depth"}, ${where}`,
    };
  });
  const curves = Map.groupBy(named, ({ series }) => `${series}`);
  const series = [...curves].map(([name, [row]], i): Series => ({
    name,
    colour: seriesColours[Math.floor(i / 2)]!,
    ...row!.features === "position" && { dash: "7 3" },
  }));
  const columns = { x: "pictures", y: "r2" };
  return {
    svg: await plotSvg({
      label: "R² on the test by pictures fitted on",
      series,
    }, (plot) => ({
      width: 700,
      height: 300,
      x: { label: "pictures fitted on", labelAnchor: "center", zero: true },
      y: {
        label: "R² on the test",
        grid: true,
        ...heightsFrom(named, "r2", -0.5),
      },
      marks: curveMarks(plot, named, series, columns),
    })),
    caption:
      "R² on the test by the number of pictures fitted on, tokens with position at the best hook and position alone (dashed): a curve that still rises says that more pictures would read more",
  };
}
