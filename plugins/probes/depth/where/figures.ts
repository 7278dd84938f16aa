/**
 * What was found in, the figures of it out.
 *
 * @module
 */
import type { Figure, Table } from "../../../../mod.ts";
import { lineColours } from "../figures/axes.ts";
import { growthCurves, type GrowthSeries } from "../figures/growth_curves.ts";
import {
  layerCurves,
  type LayerPanel,
  type LayerSeries,
} from "../figures/layer_curves.ts";
import type { Column } from "./columns.ts";
import {
  findReadings,
  hooksOf,
  type Sought,
  targetWords,
} from "./find_reading.ts";
import type { Evidence, Finding } from "./finding.ts";
import type { Measured } from "./measure.ts";
import { meanOf, r2Of, type Score, scoreOf } from "./score.ts";

const [blue, orange, green, pink, yellow, sky, grey] = lineColours as
  & readonly string[]
  & { readonly [at: number]: string };

/** R² of every hook with every control: a panel for each target. */
export function layersFigure(
  findings: readonly Finding[],
  evidence: Evidence,
): Figure {
  const hooks = hooksOf(evidence.measured);
  const panels = findings.map((finding) => panelOf(finding, hooks, evidence));
  return {
    svg: layerCurves(panels, hooks, "R² of linear depth probes at each hook"),
    caption:
      "R² of linear probes for the logarithm of depth at each hook, with 95 % intervals over clusters of test pictures, and of every control: what lies above position and random weights is what the network worked out",
  };
}

function panelOf(
  { target }: Finding,
  hooks: readonly string[],
  evidence: Evidence,
): LayerPanel {
  const { measured } = evidence;
  const tokens = { kind: "tokens", target } as const;
  const series = (
    name: string,
    colour: string | undefined,
    sought: Omit<Sought, "hook">,
    style: { dash?: string; band?: boolean },
  ): LayerSeries => {
    const scores = hooks.map((hook) =>
      scoreAt(measured, { ...sought, hook }, evidence)
    );
    return {
      name,
      colour: colour!,
      ...style.dash ? { dash: style.dash } : {},
      values: scores.map(({ value }) => value),
      ...style.band
        ? {
          low: scores.map(({ low = NaN }) => low),
          high: scores.map(({ high = NaN }) => high),
        }
        : {},
    };
  };
  const control = (target: Column["target"], labels: Column["labels"]) =>
    ({ ...tokens, hasPlace: false, target, labels }) as const;
  return {
    title: `Logarithm of ${targetWords[target][1]}`,
    series: [
      series("tokens", blue, { ...tokens, hasPlace: false }, { band: true }),
      series("tokens + position", orange, { ...tokens, hasPlace: true }, {}),
      series("position alone", grey, {
        kind: "position",
        target,
        hasPlace: true,
      }, { dash: "7 3", band: true }),
      series("pixels + position", green, {
        kind: "pixels",
        target,
        hasPlace: true,
      }, { dash: "7 3" }),
      ...randomSeries(hooks, evidence, {
        ...tokens,
        hasPlace: false,
      }),
      series(
        "shuffled across pictures",
        yellow,
        control(target, "across"),
        { dash: "2 3" },
      ),
      series(
        "shuffled within pictures",
        sky,
        control(target, "within"),
        { dash: "2 3" },
      ),
      series(
        "control task",
        "#8a6d3b",
        control("control_task", "control"),
        { dash: "2 3" },
      ),
    ],
  };
}

/** The mean over the seeds of what is sought. */
function scoreAt(
  measured: Measured,
  sought: Sought,
  { draws }: Evidence,
): Score {
  const found = findReadings(measured, sought).map((one) => r2Of(one));
  return found.length > 0 ? scoreOf(meanOf(found), draws) : { value: NaN };
}

/** The mean over random weights, and a band from the least to the largest of them; nothing where there are none. */
function randomSeries(
  hooks: readonly string[],
  evidence: Evidence,
  sought: Omit<Sought, "hook">,
): LayerSeries[] {
  const { random, draws } = evidence;
  if (random.length === 0) return [];
  const ones = new Float64Array(draws.clusters).fill(1);
  const values = hooks.map((hook) =>
    random.flatMap((one) => findReadings(one, { ...sought, hook }))
      .map((reading) => r2Of(reading)(ones))
  );
  return [{
    name: `random weights (${random.length})`,
    colour: pink!,
    dash: "7 3",
    values: values.map((of) => of.reduce((a, b) => a + b, 0) / of.length),
    low: values.map((of) => Math.min(...of)),
    high: values.map((of) => Math.max(...of)),
  }];
}

/** How R² grows with the pictures fitted on, from its table. */
export function learningFigure({ rows }: Table): Figure {
  const curves = Map.groupBy(
    rows,
    ({ target, features }) => `${target} ${features}`,
  );
  const series = [...curves.values()].map((points, i): GrowthSeries => {
    const { target, features, hook } = points[0]!;
    const isPlace = features === "position";
    const words = target === "own_log_depth" ? "model's depth" : "true depth";
    return {
      name: `${words}, ${isPlace ? features : hook}`,
      colour: lineColours[Math.floor(i / 2) % lineColours.length]!,
      dash: isPlace ? "7 3" : undefined,
      points: points.map(({ pictures, r2, low, high }) => ({
        x: pictures as number,
        y: r2 as number,
        low: low as number,
        high: high as number,
      })),
    };
  });
  const what = "pictures fitted on";
  return {
    svg: growthCurves(series, what, "R² on the test by pictures fitted on"),
    caption:
      "R² on the test by the number of pictures fitted on, tokens with position at the best hook and position alone (dashed): a curve that still rises says that more pictures would read more",
  };
}
