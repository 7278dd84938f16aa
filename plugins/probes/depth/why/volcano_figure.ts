/**
 * The figure of how latents are tuned and what they do.
 *
 * @module
 */
import type { Figure } from "../../../../mod.ts";
import { plotSvg, type Series, seriesColours } from "../../figures/plot_svg.ts";
import type { WhyFound } from "./why_found.ts";

const clears: Series = {
  name: "clears its controls",
  colour: seriesColours[1]!,
};
const asks: Series = {
  name: "asked about, does not",
  colour: seriesColours[0]!,
};
const cloud: Series = { name: "controls and chance", colour: "#b6bcc4" };

/** Tuning to the right, effect upwards: the latents asked about over the cloud of those measured as controls or by chance. */
export async function volcanoFigure(
  { tuning, findings: { ablations, asked } }: Pick<
    WhyFound,
    "tuning" | "findings"
  >,
): Promise<Figure> {
  const clearing = new Map(asked.map((each) => [each.latent!, each.clears]));
  const points = [...ablations].map(([latent, { value: effect }]) => {
    const isClear = clearing.get(latent);
    const { name } = isClear === undefined ? cloud : isClear ? clears : asks;
    return {
      latent,
      score: tuning?.spearman[latent] ?? 0,
      effect,
      series: name,
    };
  }).filter(({ score, effect }) => Number.isFinite(score + effect));
  const most = Math.max(0.05, ...points.map(({ score }) => Math.abs(score)));
  return {
    svg: await plotSvg({
      label: "Tuning to depth against what ablation does to depth",
      series: [clears, asks, cloud],
    }, (plot) => ({
      width: 760,
      height: 380,
      marginLeft: 60,
      marginBottom: 46,
      x: {
        label: tuning
          ? "Spearman's correlation of the latent and depth"
          : "no tuning is known",
        labelAnchor: "center",
        domain: [-1.05 * most, 1.05 * most],
      },
      y: { label: "mean |Δ| of ablation, sd", grid: true, zero: true },
      marks: [
        plot.ruleY([0], { stroke: "#9ca3af" }),
        plot.dot(points, {
          x: "score",
          y: "effect",
          fill: "series",
          // Those asked about are drawn last.
          sort: ({ latent }: { latent: number }) =>
            Number(clearing.has(latent)),
          r: ({ latent }: { latent: number }) => clearing.has(latent) ? 4 : 3,
          title: ({ latent, score, effect }: typeof points[number]) =>
            `latent ${latent}: ${score.toPrecision(3)}, ${
              effect.toPrecision(3)
            }`,
        }),
      ],
      r: { type: "identity" },
    })),
    caption:
      "Each latent that was ablated: how it goes with depth, and how much the model's own depth changes without it; grey are the latents that the others are compared with",
  };
}
