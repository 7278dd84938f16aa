/**
 * How latents are tuned and what they do in, a figure of the two out.
 *
 * @module
 */
import type { Figure } from "../../../../mod.ts";
import {
  axes,
  dot,
  legend,
  linearScale,
  lineColours,
  rangeOf,
  svg,
} from "../figures/axes.ts";
import type { WhyFound } from "./why_found.ts";

const box = { left: 70, right: 520, top: 30, bottom: 330 };

/** Tuning to the right, effect upwards: the latents asked about over the cloud of those measured as controls or by chance. */
export function volcanoFigure(
  { tuning, findings: { ablations, asked } }: Pick<
    WhyFound,
    "tuning" | "findings"
  >,
): Figure {
  const isAsked = new Map(asked.map((each) => [each.latent!, each]));
  const score = (latent: number) => tuning?.spearman[latent] ?? 0;
  const all = [...ablations].map(([latent, { value }]) => ({
    latent,
    at: [score(latent), value] as const,
  }));
  const most = Math.max(...all.map(({ at }) => Math.abs(at[0]) || 0), 0.05);
  const x = linearScale([-1.05 * most, 1.05 * most], [box.left, box.right]);
  const [, top] = rangeOf([0, ...all.map(({ at }) => at[1])]);
  const y = linearScale([0, top], [box.bottom, box.top]);
  const dots = (wanted: boolean) =>
    all.filter(({ latent }) => isAsked.has(latent) === wanted).map((
      { latent, at },
    ) =>
      dot([x(at[0]), y(at[1])], colourOf(isAsked.get(latent)), {
        radius: wanted ? 4 : 3,
        title: `latent ${latent}: ${at[0].toPrecision(3)}, ${
          at[1].toPrecision(3)
        }`,
      })
    );
  const label = "Tuning to depth against what ablation does to depth";
  return {
    svg: svg({ width: 760, height: 380, label }, [
      ...axes({
        box,
        x,
        y,
        xLabel: tuning
          ? "Spearman's correlation of the latent and depth"
          : "no tuning is known",
        yLabel: "mean |Δ| of ablation, sd",
      }),
      ...dots(false),
      ...dots(true),
      ...legend([540, 50], [
        { name: "asked about, clears its controls", colour: lineColours[1]! },
        { name: "asked about, does not", colour: lineColours[0]! },
        { name: "controls and chance", colour: cloud },
      ]),
    ]),
    caption:
      "Each latent that was ablated: how it goes with depth, and how much the model's own depth changes without it; grey are the latents that the others are compared with",
  };
}

const cloud = "#b6bcc4";

function colourOf(asked: { readonly clears: boolean } | undefined): string {
  if (!asked) return cloud;
  return lineColours[asked.clears ? 1 : 0]!;
}
