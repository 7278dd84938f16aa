/**
 * Doses and what they do in, their figure out.
 *
 * @module
 */
import type { Figure } from "../../../../mod.ts";
import {
  axes,
  type Box,
  curve,
  dot,
  legend,
  linearScale,
  lineColours,
  rangeOf,
  svg,
} from "../figures/axes.ts";
import type { Effects } from "./effects.ts";
import type { Finding, Findings } from "./findings.ts";
import { drawn } from "./latent_plan.ts";
import type { Measured } from "./clean.ts";

const side = 240;

/** A panel for each of the best tuned latents: along its decoder row, and along directions by chance. */
export function dosesFigure(
  { doses, scale }: Findings,
  { effects }: Measured,
): Figure {
  const byLatent = [...Map.groupBy(doses, ({ latent }) => latent!)]
    .slice(0, drawn);
  const signed = (own: Effects) => signedInside(own) / scale.sd;
  const all = byLatent.flatMap(([, own]) =>
    own.flatMap(({ signed: of, controls }) => [
      of,
      ...controls.map(({ condition }) => signed(effects.get(condition)!)),
    ])
  );
  const range = rangeOf([0, ...all]);
  const panels = byLatent.flatMap(([latent, own], i) =>
    panel(latent, own, boxOf(i), range, (at) => signed(effects.get(at)!))
  );
  const width = 70 + byLatent.length * (side + 70), label = "Dose and response";
  return {
    svg: svg({ width: Math.max(width, 420), height: 390, label }, [
      ...panels,
      ...legend([70, 340], [
        { name: "its decoder row", colour: lineColours[0]! },
        {
          name: "directions by chance, of equal norm or variance",
          colour: grey,
        },
      ]),
    ]),
    caption:
      "How the model's own depth changes in the patches where a latent fires when these are moved along its decoder row, and as far along directions by chance",
  };
}

const grey = "#b6bcc4";

function boxOf(i: number): Box {
  const left = 70 + i * (side + 70);
  return { left, right: left + side, top: 40, bottom: 40 + side };
}

/** Mean Δ over the patches that are edited. */
export function signedInside({ signedInside, placesInside }: Effects): number {
  const total = (of: Float64Array) => of.reduce((sum, x) => sum + x, 0);
  return total(signedInside) / total(placesInside);
}

function panel(
  latent: number,
  own: readonly Finding[],
  box: Box,
  range: [number, number],
  signed: (condition: Finding["condition"]) => number,
): string[] {
  const sorted = own.toSorted((a, b) => a.dose - b.dose);
  const x = linearScale(rangeOf(sorted.map(({ dose }) => dose)), [
    box.left,
    box.right,
  ]);
  const y = linearScale(range, [box.bottom, box.top]);
  const count = Math.max(...sorted.map(({ controls }) => controls.length));
  const lines = Array.from({ length: count }, (_, i) =>
    curve(
      withOrigin(sorted.map(({ dose, controls }) =>
        [dose, controls[i] ? signed(controls[i].condition) : NaN] as const
      )).map(([dose, change]) => [x(dose), y(change)]),
      grey,
      { width: 1.2 },
    ));
  const points = withOrigin(
    sorted.map(({ dose, signed }) => [dose, signed] as const),
  )
    .map(([dose, change]) => [x(dose), y(change)] as const);
  return [
    ...axes({
      box,
      x,
      y,
      xLabel: "dose, sd of its value",
      yLabel: "mean Δ where it fires, sd",
      title: `latent ${latent}`,
    }),
    ...lines,
    curve(points, lineColours[0]!),
    ...points.map((at) => dot(at, lineColours[0]!)),
  ];
}

/** With no dose, which changes nothing, at its place. */
function withOrigin(
  points: readonly (readonly [dose: number, change: number])[],
): (readonly [number, number])[] {
  return [...points, [0, 0] as const].toSorted((a, b) => a[0] - b[0]);
}
