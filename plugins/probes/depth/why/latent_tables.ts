/**
 * What was found of latents in, its tables out.
 *
 * @module
 */
import type { Table } from "../../../../mod.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import { ratio, sizesOf } from "./compare.ts";
import type { Effects } from "./effects.ts";
import type { Findings } from "./findings.ts";
import type { Measured } from "./clean.ts";
import {
  controlCells,
  controlColumns,
  type Row,
  sizeCells,
  sizeColumns,
  specificityOf,
  truthCells,
  truthColumns,
} from "./table_cells.ts";

/** A row for each edit of one latent. */
export function latentsTable(
  { asked, doses }: Findings,
  codes: LatentEntries,
): Table {
  return {
    caption: "Edits of single latents, each where it fires",
    columns: {
      latent: "the latent",
      condition: "what is done to it",
      dose: "of steering, in standard deviations of its value where it fires",
      ...sizeColumns,
      ...controlColumns,
      ...truthColumns,
      n_images: "pictures in which the prediction changes",
      n_tokens: "patches on which it fires",
    },
    rows: [...asked, ...doses].map((each) => ({
      latent: each.latent!,
      condition: each.name,
      dose: each.dose,
      ...sizeCells(each),
      ...controlCells(each),
      ...truthCells(each),
      n_images: each.images,
      n_tokens: codes.starts[each.latent! + 1]! - codes.starts[each.latent!]!,
    })),
  };
}

/** A row for each dose of each latent and of its controls. */
export function dosesTable(
  { doses, slopes, scale }: Findings,
  { effects }: Measured,
): Table {
  return {
    caption:
      "Dose and response: the patches where a latent fires, moved along its decoder row and along directions by chance",
    columns: {
      latent: "the latent",
      direction: "which way",
      number: "of a control, which one",
      dose: "standard deviations of its value where it fires",
      ...sizeColumns,
      slope:
        "change in the patches that are steered for one standard deviation, fitted to all doses",
      slope_low: "lower end of its 95 % interval",
      slope_high: "upper end",
      monotone:
        "1 where the change goes one way from the least dose to the largest",
    },
    rows: doses.flatMap((each) => {
      const { slope, isMonotone } = slopes.get(each.latent!)!;
      const place = { latent: each.latent!, dose: each.dose };
      return [
        {
          ...place,
          direction: "its decoder row",
          number: NaN,
          ...sizeCells(each),
          slope: slope.value,
          slope_low: slope.low ?? NaN,
          slope_high: slope.high ?? NaN,
          monotone: Number(isMonotone),
        },
        ...each.controls.map(({ kind, condition }, number) => ({
          ...place,
          direction: kind,
          number,
          ...plainCells(effects.get(condition)!, scale),
          slope: NaN,
          slope_low: NaN,
          slope_high: NaN,
          monotone: NaN,
        })),
      ];
    }),
  };
}

function plainCells(
  own: Effects,
  scale: Findings["scale"],
): Row {
  const total = (of: Float64Array) => of.reduce((sum, x) => sum + x, 0);
  const inside = total(own.placesInside), outside = total(own.placesOutside);
  const { value, low = NaN, high = NaN } = ratio(
    sizesOf(own, scale),
    undefined,
    scale,
  );
  const parts = {
    inside: total(own.inside) / inside / scale.sd,
    outside: total(own.outside) / outside / scale.sd,
  };
  return {
    effect: value,
    low,
    high,
    ...parts,
    specificity: specificityOf(parts),
    signed: total(own.signedInside) / inside / scale.sd,
  };
}
