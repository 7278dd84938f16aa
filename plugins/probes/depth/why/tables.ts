/**
 * The tables of edits: what each did, and what its controls did.
 *
 * @module
 */
import {
  type Column,
  type Columns,
  estimateColumns,
  intervalColumns,
  type Table,
  tableOf,
} from "../../../../mod.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import type { Finding, Findings, Slope } from "./findings.ts";
import { type Size, sizeOf } from "./size.ts";

const effectColumns = estimateColumns<Size>(
  "effect",
  "mean |Δ| of the model's own depth over the standard deviation of the clean one",
  ({ effect }) => effect,
  "",
  "lower end of its 95 % interval, a bootstrap over pictures",
);

const sizeColumns: Columns<Size> = {
  ...effectColumns,
  inside: "the same mean over the patches that are edited alone",
  outside: "over the others alone",
  specificity:
    "inside over outside: how much more the edited patches change; none where the others do not change at all",
  signed: "mean Δ, with its sign, over the patches that are edited",
};

const controlColumns: Columns<Finding> = {
  control_mean: [
    "mean effect of the matched controls",
    ({ against }) => against.controlMean,
  ],
  control_p95: [
    "95th percentile of their effects",
    ({ against }) => against.controlP95,
  ],
  ...intervalColumns<Finding>(
    ({ against, controls }) => controls.length > 0 ? against.difference : {},
    "difference_",
    "lower end of the 95 % interval of the effect less the mean of the controls",
  ),
  clears: [
    "1 where the effect is above the percentile of each kind of control and the interval above 0",
    ({ clears, controls }) => controls.length > 0 ? Number(clears) : NaN,
  ],
};

const truthColumns: Columns<Finding> = {
  abs_rel: [
    "change of mean |found − true| / true depth over the cells, aligned on the clean map",
    ({ truth }) => truth.absRel,
  ],
  delta1: [
    "change of the share of cells within a factor of 1.25, aligned on the clean map",
    ({ truth }) => truth.delta1,
  ],
  spearman: [
    "change of the rank correlation with the truth",
    ({ truth }) => truth.spearman,
  ],
};

const imagesColumn: Column<Finding> = [
  "pictures in which the prediction changes",
  ({ images }) => images,
];

/** A row for each edit of one latent. */
export function latentsTable(
  { asked, doses }: Findings,
  { starts }: LatentEntries,
): Table {
  return tableOf<Finding>(
    "Edits of single latents, each where it fires",
    [...asked, ...doses],
    {
      latent: "the latent",
      condition: ["what is done to it", ({ name }) => name],
      dose: "of steering, in standard deviations of its value where it fires",
      ...sizeColumns,
      ...controlColumns,
      ...truthColumns,
      n_images: imagesColumn,
      n_tokens: [
        "patches on which it fires",
        ({ latent }) => starts[latent! + 1]! - starts[latent!]!,
      ],
    },
  );
}

interface DoseRow extends Size {
  readonly latent: number;
  readonly direction: string;
  readonly number: number;
  readonly dose: number;
  readonly slope?: Slope;
}

/** A row for each dose of each latent and of its controls. */
export function dosesTable({ doses, slopes, scale }: Findings): Table {
  return tableOf<DoseRow>(
    "Dose and response: the patches where a latent fires, moved along its decoder row and along directions by chance",
    doses.flatMap((each) => {
      const latent = each.latent!, { dose } = each;
      return [
        {
          ...each,
          ...{ latent, direction: "its decoder row", number: NaN },
          slope: slopes.get(latent)!,
        },
        ...each.controls.map((control, number) => ({
          ...sizeOf(control, scale),
          ...{ latent, dose, direction: control.kind, number },
        })),
      ];
    }),
    {
      latent: "the latent",
      direction: "which way",
      number: "of a control, which one",
      dose: "standard deviations of its value where it fires",
      ...sizeColumns,
      ...estimateColumns<DoseRow>(
        "slope",
        "change in the patches that are steered for one standard deviation, fitted to all doses",
        ({ slope }) => slope?.slope ?? { value: NaN },
        "slope_",
      ),
      monotone: [
        "1 where the change goes one way from the least dose to the largest",
        ({ slope }) => slope ? Number(slope.isMonotone) : NaN,
      ],
    },
  );
}

/** A row for each edit of all patches, of a group of latents, or along the probe's direction. */
export function conditionsTable({ wholes, scale }: Findings): Table {
  return tableOf(
    "Edits of all patches, of groups of latents and along the probe's direction",
    wholes,
    {
      condition: ["what is done", ({ name }) => name],
      dose:
        "latents of a group; of steering, standard deviations of the patches along the direction",
      ...sizeColumns,
      ...controlColumns,
      ...truthColumns,
      loss_recovered: [
        "1 − Σ Δ² / Σ Δ² with the mean patch for all: 1 leaves the prediction, 0 is as bad as no patch",
        lossRecovered(wholes),
      ],
      n_images: imagesColumn,
      n_pictures: ["pictures measured", () => scale.clusters.length],
    },
  );
}

/** `1 − Σ Δ² / Σ Δ²` with the mean patch for every one, of an edit. */
export function lossRecovered(
  wholes: readonly Finding[],
): (of: Finding) => number {
  const squared = ({ effects }: Finding) =>
    effects.squared.reduce((sum, x) => sum + x, 0);
  const mean = wholes.find(({ name }) => name === "mean for all patches");
  const worst = mean ? squared(mean) : NaN;
  return (of) => 1 - squared(of) / worst;
}

/** A row for each swap. */
export function pairsTable({ swaps }: Findings): Table {
  return tableOf<Finding>(
    "The component along the probe's direction, swapped between patches or pictures, and nothing else",
    swaps,
    {
      between: ["what swaps", ({ name }) => name],
      ...estimateColumns<Finding>(
        "moved",
        "share of the way that the prediction goes to what the other patch or picture has: 1 is all of it",
        ({ moved }) => moved!.effect,
        "moved_",
      ),
      control_mean: [
        "the same of directions by chance, their mean",
        ({ moved }) => moved!.controlMean,
      ],
      control_p95: [
        "their 95th percentile",
        ({ moved }) => moved!.controlP95,
      ],
      ...intervalColumns<Finding>(
        ({ moved }) => moved!.difference,
        "difference_",
        "lower end of the 95 % interval of moved less that mean",
      ),
      clears: [
        "1 where moved is above each kind of control",
        ({ clears }) => Number(clears),
      ],
      effect: effectColumns.effect!,
      ...truthColumns,
      n_pictures: imagesColumn,
    },
  );
}

/** A row for each edit and each path. */
export function pathsTable({ paths }: Findings): Table {
  return tableOf(
    "What an edit does by the residual stream alone, by the tap of the depth head alone, and by both",
    paths,
    {
      path: "which way the edit goes",
      condition: ["what is done", ({ name }) => name],
      ...effectColumns,
      share: "its effect over that by both ways; the two need not add up to 1",
    },
  );
}

/** A row for each control of each edit. */
export function nullTable(
  { asked, doses, wholes, swaps }: Findings,
): Table {
  const edits = [asked, doses, wholes, swaps].flat();
  return tableOf(
    "Every control, with the edit that it is a control of",
    edits.flatMap((edit) =>
      edit.controls.map((control, i) => ({ edit, control, i }))
    ),
    {
      condition: ["the edit that it controls", ({ edit }) => edit.name],
      latent: [
        "the latent that is edited, where it is one",
        ({ edit }) => edit.latent ?? NaN,
      ],
      dose: ["as in the edit's own table", ({ edit }) => edit.dose],
      control: ["how it is like the edit", ({ control }) => control.kind],
      number: ["which one", ({ control, i }) => control.latent ?? i],
      effect: [
        "its mean |Δ| over the standard deviation of the clean prediction",
        ({ edit, i }) => edit.against.controls[i]!,
      ],
      moved: [
        "its share of the way, where the edit is a swap",
        ({ edit, i }) => edit.moved?.controls[i] ?? NaN,
      ],
      likeness: [
        "of latents, their density over that of the latent; of directions, the variance of patches along it over that along the direction; of groups, the share that could be matched",
        ({ control }) => control.likeness,
      ],
    },
  );
}
