/**
 * The figure of doses and what they do.
 *
 * @module
 */
import type { Figure, Table } from "../../../../mod.ts";
import type { CurveRow } from "../../figures/curves.ts";
import { plotSvg, type Series, seriesColours } from "../../figures/plot_svg.ts";
import { drawn } from "./latent_plan.ts";

const own = "its decoder row";

const series: readonly Series[] = [
  { name: own, colour: seriesColours[0]! },
  { name: "directions by chance", colour: "#b6bcc4" },
];

/** A panel for each of the best tuned latents, from the table of doses: along its decoder row, and along directions by chance. */
export async function dosesFigure({ rows }: Table): Promise<Figure> {
  const latents = [...new Set(rows.map(({ latent }) => Number(latent)))]
    .slice(0, drawn);
  const points = rows.filter(({ latent }) => latents.includes(Number(latent)))
    .flatMap((row): CurveRow[] => {
      const { latent, direction, number } = row;
      const { name } = series[direction === own ? 0 : 1]!;
      const curve = `${latent} ${direction} ${number}`;
      const point = { ...row, curve, series: name };
      // No dose changes nothing.
      return [point, { ...point, dose: 0, signed: 0 }];
    }).sort((a, b) => Number(a.dose) - Number(b.dose));
  const ofOwn = points.filter((point) => point.series === own);
  const others = points.filter((point) => point.series !== own);
  const at = { x: "dose", y: "signed", fx: "latent", stroke: "series" };
  return {
    svg: await plotSvg({ label: "Dose and response", series }, (plot) => ({
      width: 300 + 260 * latents.length,
      height: 320,
      marginLeft: 60,
      marginTop: 44,
      marginBottom: 46,
      fx: { axis: null, domain: latents, padding: 0.12 },
      x: { label: "dose, sd of its value", labelAnchor: "center" },
      y: { label: "mean Δ where it fires, sd", grid: true },
      marks: [
        plot.ruleY([0], { stroke: "#9ca3af" }),
        plot.lineY(others, { ...at, z: "curve", strokeWidth: 1.2 }),
        plot.lineY(ofOwn, { ...at, z: "curve", strokeWidth: 2 }),
        plot.dot(ofOwn, { ...at, fill: "series", r: 3 }),
        plot.text(latents, {
          fx: (latent: number) => latent,
          text: (latent: number) => `latent ${latent}`,
          frameAnchor: "top-left",
          dy: -18,
          fontWeight: 600,
        }),
      ],
    })),
    caption:
      "How the model's own depth changes in the patches where a latent fires when these are moved along its decoder row, and as far along directions by chance",
  };
}
