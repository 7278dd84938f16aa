/**
 * What the part "who" measured in, figures out.
 *
 * @module
 */
import type { Figure } from "../../../../mod.ts";
import {
  axisInk,
  band,
  curve,
  gridInk,
  line,
  linearScale,
  lineColours,
  numberWords,
  type Point,
  svg,
  text,
} from "../figures/axes.ts";
import type { TuningCurve } from "./curve_intervals.ts";
import {
  passCount,
  passShare,
  type UnitSource,
  type WhoFound,
} from "./found.ts";

/** Size of one panel of the atlas, and of what lies around its curve. */
const panel = {
  width: 150,
  height: 118,
  left: 12,
  right: 8,
  top: 22,
  bottom: 20,
};

/** Panels beside each other. */
const acrossMost = 6;

/** Tuning curves of the latents that go with depth most, a panel each. */
export function atlas(
  found: WhoFound,
  trained: UnitSource,
  curves: readonly TuningCurve[],
): Figure {
  const across = Math.min(acrossMost, Math.max(1, curves.length));
  const down = Math.ceil(curves.length / across);
  const metres = found.scale.patches.name === "truth_log_depth";
  const xLabel = metres
    ? "depth in metres, from the nearest to the farthest"
    : "depth as the model says it, from the nearest to the farthest";
  const size = {
    width: Math.max(360, across * panel.width + 16),
    height: down * panel.height + 34,
    label: "Tuning curves of latents over depth",
  };
  return {
    svg: svg(size, [
      ...curves.flatMap((each, i) => {
        const at: Point = [
          8 + (i % across) * panel.width,
          Math.floor(i / across) * panel.height,
        ];
        return curvePanel(found, trained, each, at);
      }),
      text([size.width / 2, size.height - 10], xLabel, { anchor: "middle" }),
    ]),
    caption:
      "Mean activation (zeros included, up from 0) over bins of depth of the latents that go with depth most, each to its own height, with 95 % intervals of a bootstrap over pictures; beside its number the share η² of what the place leaves unexplained that depth explains; grey ones do not pass",
  };
}

function curvePanel(
  { scale: { centres, edges } }: WhoFound,
  { passes, tuning }: UnitSource,
  { latent, mean, low, high }: TuningCurve,
  [left, top]: Point,
): string[] {
  const box = {
    left: left + panel.left,
    right: left + panel.width - panel.right,
    top: top + panel.top,
    bottom: top + panel.height - panel.bottom,
  };
  const most = Math.max(...mean, ...high.filter(Number.isFinite));
  const x = linearScale([edges[0]!, edges.at(-1)!], [box.left, box.right]);
  const y = linearScale([0, most], [box.bottom, box.top]);
  const points = (of: Float64Array): Point[] =>
    Array.from(of, (value, bin) => [x(centres[bin]!), y(value)] as const);
  const colour = passes[latent] ? lineColours[0]! : axisInk;
  const ends = [edges[0]!, edges.at(-1)!].map((at) =>
    numberWords(Number(Math.exp(at).toPrecision(2)))
  );
  const small = { size: 10, colour: axisInk };
  return [
    line([box.left, box.bottom], [box.right, box.bottom], axisInk),
    line([box.left, box.top], [box.right, box.top], gridInk),
    band(points(low), points(high), colour),
    curve(points(mean), colour),
    text([box.left, box.top - 8], `${latent}`, { bold: true }),
    text(
      [box.right, box.top - 8],
      `η² ${tuning.partialEta2[latent]!.toFixed(2)}`,
      { ...small, anchor: "end" },
    ),
    text([box.left, box.bottom + 12], ends[0]!, small),
    text([box.right, box.bottom + 12], ends[1]!, { ...small, anchor: "end" }),
  ];
}

/** How many pass in each source, as shares. */
export function sourcesFigure({ sources }: WhoFound): Figure {
  const left = 200, right = 480, row = 34, top = 14;
  const bottom = top + row * sources.length;
  const most = Math.max(0.01, ...sources.map((each) => passShare(each).high));
  const x = linearScale([0, most], [left, right]);
  const bars = sources.flatMap((source, i) => {
    const { value, low, high } = passShare(source), at = top + row * i;
    const middle = at + row / 2 - 4;
    const colour = source.name === "trained" ? lineColours[0]! : axisInk;
    return [
      text([left - 10, middle + 4], source.units, { anchor: "end" }),
      `<rect x="${left}" y="${at + 2}" width="${
        Math.max(0.5, x(value) - left).toFixed(2)
      }" height="${row - 12}" fill="${colour}" fill-opacity="0.55"/>`,
      line([x(low), middle], [x(high), middle], colour, { width: 2 }),
      text(
        [right + 12, middle + 4],
        `${passCount(source)} of ${source.passes.length}`,
      ),
    ];
  });
  return {
    svg: svg({
      width: 600,
      height: bottom + 48,
      label: "Share of units that go with depth, by source",
    }, [
      ...x.ticks.flatMap((tick) => [
        line([x(tick), top], [x(tick), bottom], gridInk),
        text([x(tick), bottom + 16], `${numberWords(100 * tick)} %`, {
          anchor: "middle",
        }),
      ]),
      ...bars,
      line([left, top], [left, bottom], axisInk),
      text([(left + right) / 2, bottom + 38], "units that go with depth", {
        anchor: "middle",
      }),
    ]),
    caption:
      "Share of units that go with depth by the same rule, with 95 % intervals over units: the trained dictionary and, at the same number of units that fire on a patch, its controls",
  };
}
