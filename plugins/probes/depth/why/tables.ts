/**
 * What was found of all but single latents in, its tables out.
 *
 * @module
 */
import type { Table } from "../../../../mod.ts";
import { ratio, sizesOf } from "./compare.ts";
import type { Finding, Findings } from "./findings.ts";
import type { Measured } from "./clean.ts";
import {
  controlCells,
  controlColumns,
  sizeCells,
  sizeColumns,
  truthCells,
  truthColumns,
} from "./table_cells.ts";

/** A row for each edit of more. */
export function conditionsTable(
  { wholes, scale }: Findings,
  { effects }: Measured,
): Table {
  const recovered = lossRecovered(wholes, effects);
  return {
    caption:
      "Edits of all patches, of groups of latents and along the probe's direction",
    columns: {
      condition: "what is done",
      dose:
        "latents of a group; of steering, standard deviations of the patches along the direction",
      ...sizeColumns,
      ...controlColumns,
      ...truthColumns,
      loss_recovered:
        "1 − Σ Δ² / Σ Δ² with the mean patch for all: 1 leaves the prediction, 0 is as bad as no patch",
      n_images: "pictures in which the prediction changes",
      n_pictures: "pictures measured",
    },
    rows: wholes.map((each) => ({
      condition: each.name,
      dose: each.dose,
      ...sizeCells(each),
      ...controlCells(each),
      ...truthCells(each),
      loss_recovered: recovered(each),
      n_images: each.images,
      n_pictures: scale.clusters.length,
    })),
  };
}

/** `1 − Σ Δ² / Σ Δ²` with the mean patch for every one, of an edit. */
export function lossRecovered(
  wholes: readonly Finding[],
  effects: Measured["effects"],
): (of: Finding) => number {
  const squared = ({ condition }: Finding) =>
    effects.get(condition)!.squared.reduce((sum, x) => sum + x, 0);
  const mean = wholes.find(({ name }) => name === "mean for all patches");
  const worst = mean ? squared(mean) : NaN;
  return (of) => 1 - squared(of) / worst;
}

/** A row for each swap. */
export function pairsTable({ swaps }: Findings): Table {
  return {
    caption:
      "The component along the probe's direction, swapped between patches or pictures, and nothing else",
    columns: {
      between: "what swaps",
      moved:
        "share of the way that the prediction goes to what the other patch or picture has: 1 is all of it",
      moved_low: "lower end of its 95 % interval",
      moved_high: "upper end",
      control_mean: "the same of directions by chance, their mean",
      control_p95: "their 95th percentile",
      difference_low: "lower end of the 95 % interval of moved less that mean",
      difference_high: "upper end",
      clears: "1 where moved is above each kind of control",
      effect: sizeColumns.effect,
      ...truthColumns,
      n_pictures: "pictures in which the prediction changes",
    },
    rows: swaps.map((each) => {
      const { effect, controlMean, controlP95, difference } = each.moved!;
      return {
        between: each.name,
        moved: effect.value,
        moved_low: effect.low ?? NaN,
        moved_high: effect.high ?? NaN,
        control_mean: controlMean,
        control_p95: controlP95,
        difference_low: difference.low ?? NaN,
        difference_high: difference.high ?? NaN,
        clears: Number(each.clears),
        effect: each.size.effect.value,
        ...truthCells(each),
        n_pictures: each.images,
      };
    }),
  };
}

/** A row for each edit and each way. */
export function pathsTable(
  { paths }: Measured,
  scale: Findings["scale"],
): Table {
  return {
    caption:
      "What an edit does by the residual stream alone, by the tap of the depth head alone, and by both",
    columns: {
      path: "which way the edit goes",
      condition: "what is done",
      effect: sizeColumns.effect,
      low: sizeColumns.low,
      high: sizeColumns.high,
      share: "its effect over that by both ways; the two need not add up to 1",
    },
    rows: Array.from(paths, ([key, own]) => {
      const [path, condition] = [
        key.slice(0, key.indexOf(":")),
        key.slice(key.indexOf(":") + 2),
      ];
      const { value, low = NaN, high = NaN } = ratio(
        sizesOf(own, scale),
        undefined,
        scale,
      );
      const both = ratio(
        sizesOf(paths.get(`both: ${condition}`)!, scale),
        undefined,
        scale,
      );
      return {
        path,
        condition,
        effect: value,
        low,
        high,
        share: value / both.value,
      };
    }),
  };
}

/** A row for each control: the distributions that edits were compared with. */
export function nullTable(findings: Findings): Table {
  const all = [findings.asked, findings.doses, findings.wholes, findings.swaps]
    .flat();
  return {
    caption: "Every control, with the edit that it is a control of",
    columns: {
      condition: "the edit that it controls",
      latent: "the latent that is edited, where it is one",
      dose: "as in the edit's own table",
      control: "how it is like the edit",
      number: "which one",
      effect:
        "its mean |Δ| over the standard deviation of the clean prediction",
      moved: "its share of the way, where the edit is a swap",
      likeness:
        "of latents, their density over that of the latent; of directions, the variance of patches along it over that along the direction; of groups, the share that could be matched",
    },
    rows: all.flatMap((each) =>
      each.controls.map((control, number) => ({
        condition: each.name,
        latent: each.latent ?? NaN,
        dose: each.dose,
        control: control.kind,
        number: control.latent ?? number,
        effect: each.size.controls[number]!,
        moved: each.moved?.controls[number] ?? NaN,
        likeness: control.likeness,
      }))
    ),
  };
}
