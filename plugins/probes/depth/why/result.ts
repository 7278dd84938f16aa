/**
 * Everything that the part "why" found.
 *
 * @module
 */
import type { LatentValues } from "../../../../mod.ts";
import type { PartResult } from "../../study/study.ts";
import { agreementsOf } from "./agreement.ts";
import { dosesFigure, mapsFigure, volcanoFigure } from "./figures.ts";
import type { Findings } from "./findings.ts";
import { metricsOf } from "./metrics.ts";
import {
  conditionsTable,
  dosesTable,
  latentsTable,
  nullTable,
  pairsTable,
  pathsTable,
} from "./tables.ts";
import { verdictOf } from "./verdict.ts";
import type { WhyFound } from "./why_found.ts";

/** The verdict, metrics, columns, figures and tables. */
export async function whyResult(found: WhyFound): Promise<PartResult> {
  const { study, input: { gathered: { codes } }, measured, findings } = found;
  const agreements = agreementsOf(found), doses = dosesTable(findings);
  return {
    verdict: verdictOf(found, agreements),
    metrics: metricsOf(found, agreements),
    ...codes && { perLatent: columnsOf(findings, codes.dSae) },
    figures: {
      ...codes && { why_volcano: await volcanoFigure(found) },
      ...doses.rows.length > 0 && { why_doses: await dosesFigure(doses) },
      why_maps: await mapsFigure(study.hook.layout.grid, measured),
    },
    tables: {
      ...codes && {
        why_latents: latentsTable(findings, codes),
        why_doses: doses,
      },
      why_conditions: conditionsTable(findings),
      ...findings.swaps.length > 0 && { why_pairs: pairsTable(findings) },
      ...findings.paths.length > 0 && { why_paths: pathsTable(findings) },
      why_null: nullTable(findings),
    },
  };
}

function columnsOf(
  { ablations, asked }: Findings,
  dSae: number,
): Record<string, LatentValues> {
  const effect = new Float32Array(dSae).fill(NaN), control = effect.slice();
  for (const { latent, effect: { value } } of ablations) {
    effect[latent!] = value;
  }
  for (const { latent, against } of asked) {
    control[latent!] = against.controlMean;
  }
  const unit = "standard deviations of the clean prediction";
  return {
    depth_causal: {
      values: effect,
      meaning:
        "mean change of the model's own depth when what it adds is taken away, NaN where not measured",
      unit,
    },
    depth_causal_control: {
      values: control,
      meaning:
        "the same of latents that fire as often and as strongly, their mean",
      unit,
    },
  };
}
