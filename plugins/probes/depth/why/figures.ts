/**
 * The figures of the part "why": what ablation does by tuning, doses and their
 * responses, and maps of one picture.
 *
 * @module
 */
import {
  digits,
  type Figure,
  type Table,
  type TokenLayout,
} from "../../../../mod.ts";
import { plotSvg, type Series, seriesColours } from "../../figures/plot_svg.ts";
import { drawn } from "./interventions.ts";
import type { WhyFound } from "./why_found.ts";

const [blue, orange] = seriesColours;
const grey = "#b6bcc4", axisInk = "#9ca3af";

const seriesOf = {
  clears: { name: "asked about, clears its controls", colour: orange },
  asked: { name: "asked about, does not", colour: blue },
  others: { name: "controls and chance", colour: grey },
} satisfies Record<string, Series>;

/** Tuning to the right, effect upwards: the latents asked about over the cloud of those measured as controls or by chance. */
export async function volcanoFigure(
  { tuning, findings: { ablations } }: Pick<WhyFound, "tuning" | "findings">,
): Promise<Figure> {
  const points = ablations.map(({ latent, role, clears, effect }) => ({
    latent: latent!,
    score: tuning?.spearman[latent!] ?? 0,
    effect: effect.value,
    isAsked: role === "ablation",
    series: role !== "ablation"
      ? seriesOf.others.name
      : seriesOf[clears ? "clears" : "asked"].name,
  }));
  const scores = points.map(({ score }) => Math.abs(score) || 0);
  const most = 1.05 * Math.max(0.05, ...scores);
  const top = 1.05 * Math.max(0, ...points.map(({ effect }) => effect || 0));
  return {
    svg: await plotSvg({
      label: "Tuning to depth against what ablation does to depth",
      series: Object.values(seriesOf),
    }, ({ dot, ruleY }) => ({
      width: 760,
      height: 380,
      marginLeft: 70,
      marginTop: 36,
      marginBottom: 46,
      x: {
        label: tuning
          ? "Spearman's correlation of the latent and depth"
          : "no tuning is known",
        ...{ labelAnchor: "center", labelArrow: false },
        domain: [-most, most],
      },
      y: {
        label: "mean |Δ| of ablation, sd",
        grid: true,
        domain: [0, top || 1],
      },
      marks: [
        ruleY([0], { stroke: axisInk }),
        dot(points, {
          ...{ x: "score", y: "effect", fill: "series" },
          r: ({ isAsked }) => isAsked ? 4 : 3,
          sort: "isAsked",
          title: ({ latent, score, effect }) =>
            `latent ${latent}: ${digits(score)}, ${digits(effect)}`,
        }),
      ],
      r: { type: "identity" },
    })),
    caption:
      "Each latent that was ablated: how it goes with depth, and how much the model's own depth changes without it; grey are the latents that the others are compared with",
  };
}

const own: Series = { name: "its decoder row", colour: blue };
const others: Series = { name: "directions by chance", colour: grey };

/** A panel for each of the best tuned latents, from the table of doses: along its decoder row, and along directions by chance. */
export async function dosesFigure({ rows }: Table): Promise<Figure> {
  const byLatent = [...Map.groupBy(rows, ({ latent }) => latent)]
    .slice(0, drawn);
  const panels = byLatent.map(([latent]) => `latent ${latent}`);
  const points = byLatent.flatMap(([, doses], i) =>
    [...Map.groupBy(doses, ({ number }) => number)].flatMap(([number, line]) =>
      [...line, { dose: 0, signed: 0 }].map(({ dose, signed }) => ({
        panel: panels[i]!,
        line: `${i} ${number}`,
        series: Number.isNaN(number) ? own.name : others.name,
        dose: Number(dose),
        signed: Number(signed),
      })).sort((a, b) => a.dose - b.dose)
    )
  );
  const of = ({ name }: Series) =>
    points.filter(({ series }) => series === name);
  const place = { x: "dose", y: "signed", z: "line", fx: "panel" };
  return {
    svg: await plotSvg({
      label: "Dose and response",
      series: [own, others],
    }, ({ dot, lineY, ruleY, text }) => ({
      width: 310 + 290 * panels.length,
      height: 350,
      marginLeft: 70,
      marginTop: 60,
      marginBottom: 46,
      fx: { axis: null, domain: panels, padding: 0.14 },
      x: {
        label: "dose, sd of its value",
        ...{ labelAnchor: "center", labelArrow: false },
        ticks: 5,
        inset: 8,
      },
      y: {
        label: "mean Δ where it fires, sd",
        grid: true,
        nice: true,
      },
      marks: [
        ruleY([0], { stroke: axisInk }),
        lineY(of(others), { ...place, stroke: "series", strokeWidth: 1.2 }),
        lineY(of(own), { ...place, stroke: "series", strokeWidth: 2 }),
        dot(of(own), { ...place, fill: "series", r: 3 }),
        text(panels, {
          fx: (panel: string) => panel,
          text: (panel: string) => panel,
          frameAnchor: "top-left",
          dy: -18,
          fontWeight: 600,
        }),
      ],
    })),
    caption:
      "How the model's own depth changes in the patches where a latent fires when these are moved along its decoder row, and as far along directions by chance, of equal norm or variance",
  };
}

/** Sizes in pixels: of a map, and of the gaps beside and below it. */
const map = { side: 150, beside: 24, below: 44 };

/** One picture: what the model says of each cell clean, edited, and the change; all depth in one scale of colours, all changes in another. */
export async function mapsFigure(
  grid: TokenLayout["grid"],
  { maps }: Pick<WhyFound["measured"], "maps">,
): Promise<Figure> {
  const clean = maps.get("clean")!, names = [...maps.keys()];
  const cells = [...maps].flatMap(([name, values]) =>
    Array.from(values, (depth, i) => ({
      name,
      depth,
      change: depth - clean[i]!,
      x: i % grid[1],
      y: Math.floor(i / grid[1]),
    })).filter(({ depth }) => Number.isFinite(depth))
  );
  const depths = cells.map(({ depth }) => depth);
  const low = Math.min(...depths), high = Math.max(...depths);
  const most = Math.max(1e-12, ...cells.map(({ change }) => Math.abs(change)));
  const { side, beside, below } = map, across = Math.max(...grid);
  const edited = cells.filter(({ name }) => name !== "clean");
  return {
    svg: await plotSvg(
      { label: "Depth of one picture, clean and edited" },
      ({ rect, scale, text }) => {
        const depth = scale({
          color: { type: "linear", scheme: "viridis", domain: [low, high] },
        });
        const change = scale({
          color: {
            type: "diverging",
            scheme: "RdBu",
            reverse: true,
            domain: [-most, most],
          },
        });
        const drawnAs = (fy: string, colour: (cell: Cell) => string) => ({
          ...{ fx: "name", fy: () => fy },
          x1: "x",
          x2: ({ x }: Cell) => x + 1,
          y1: "y",
          y2: ({ y }: Cell) => y + 1,
          // Without it lines show between cells.
          shapeRendering: "crispEdges",
          fill: { value: colour, scale: null },
        });
        return {
          width: names.length * (side + beside) + beside,
          height: 2 * (side + below) + beside,
          ...{ marginTop: 40, marginLeft: beside, marginRight: beside },
          marginBottom: beside + 4,
          x: { axis: null, domain: [0, across] },
          y: { axis: null, domain: [across, 0] },
          fx: {
            ...{ axis: null, domain: names, paddingOuter: 0 },
            paddingInner: beside / (side + beside),
          },
          fy: {
            ...{ axis: null, domain: ["depth", "Δ"], paddingOuter: 0 },
            paddingInner: below / (side + below),
          },
          marks: [
            rect(cells, drawnAs("depth", (cell) => depth.apply(cell.depth))),
            rect(edited, drawnAs("Δ", (cell) => change.apply(cell.change))),
            ...["depth", "Δ"].map((row) =>
              text(row === "Δ" ? names.slice(1) : names, {
                fx: (name: string) => name,
                fy: () => row,
                text: (name: string) => row === "Δ" ? row : shortened(name),
                frameAnchor: "top-left",
                dy: -14,
              })
            ),
            text([scaleWords(low, high, most)], {
              ...{ fx: () => "clean", fy: () => "Δ" },
              text: (words: string) => words,
              frameAnchor: "top-left",
              lineHeight: 1.5,
            }),
          ],
        };
      },
    ),
    caption:
      "What the model says of the first picture's cells: clean, with each edit, and what changes; one scale of colours for all depth, one for all changes",
  };
}

type Cell = Readonly<Record<"depth" | "change" | "x" | "y", number>>;

function scaleWords(low: number, high: number, most: number): string {
  const words = (value: number) => digits(value).replace("-", "−");
  return `depth ${words(low)} (dark)\nto ${words(high)} (light)\n\nΔ ${
    words(-most)
  } (blue)\nto ${words(most)} (red)`;
}

function shortened(name: string): string {
  return name.replace("the probe's direction", "the direction");
}
