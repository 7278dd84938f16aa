/**
 * One finding in, its cells of a table out.
 *
 * @module
 */
import type { Table } from "../../../../mod.ts";
import type { Finding } from "./findings.ts";

/** A row of a table. */
export type Row = Table["rows"][number];

/** What an effect is. */
export const sizeColumns = {
  effect:
    "mean |Δ| of the model's own depth over the standard deviation of the clean one",
  low: "lower end of its 95 % interval, a bootstrap over pictures",
  high: "upper end",
  inside: "the same mean over the patches that are edited alone",
  outside: "over the others alone",
  specificity:
    "inside over outside: how much more the edited patches change; none where the others do not change at all",
  signed: "mean Δ, with its sign, over the patches that are edited",
} as const;

/** What it is compared with. */
export const controlColumns = {
  control_mean: "mean effect of the matched controls",
  control_p95: "95th percentile of their effects",
  difference_low:
    "lower end of the 95 % interval of the effect less the mean of the controls",
  difference_high: "upper end",
  clears:
    "1 where the effect is above the percentile of each kind of control and the interval above 0",
} as const;

/** What it does to the errors against the truth. */
export const truthColumns = {
  abs_rel:
    "change of mean |found − true| / true depth over the cells, aligned on the clean map",
  delta1:
    "change of the share of cells within a factor of 1.25, aligned on the clean map",
  spearman: "change of the rank correlation with the truth",
} as const;

/** The cells of {@linkcode sizeColumns}. */
export function sizeCells({ size, inside, outside, signed }: Finding): Row {
  const { value, low = NaN, high = NaN } = size.effect;
  const specificity = specificityOf({ inside, outside });
  return { effect: value, low, high, inside, outside, specificity, signed };
}

/** The cells of {@linkcode controlColumns}. */
export function controlCells({ size, controls, clears }: Finding): Row {
  const { controlMean, controlP95, difference } = size;
  const any = controls.length > 0;
  return {
    control_mean: controlMean,
    control_p95: controlP95,
    difference_low: any ? difference.low ?? NaN : NaN,
    difference_high: any ? difference.high ?? NaN : NaN,
    clears: any ? Number(clears) : NaN,
  };
}

/** The cells of {@linkcode truthColumns}. */
export function truthCells({ truth }: Finding): Row {
  const { absRel, delta1, spearman } = truth;
  return { abs_rel: absRel, delta1, spearman };
}

/** How much more the patches that are edited change than the others; NaN where these do not change at all. */
export function specificityOf(
  { inside, outside }: Pick<Finding, "inside" | "outside">,
): number {
  return outside > 0 ? inside / outside : NaN;
}
