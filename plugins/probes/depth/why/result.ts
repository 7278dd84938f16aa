/**
 * Everything that the part "why" found.
 *
 * @module
 */
import type { LatentValues } from "../../../../mod.ts";
import type { PartResult } from "../../study/study.ts";
import { rankAgreement } from "./agreement.ts";
import { dosesFigure } from "./doses_figure.ts";
import { mapsFigure } from "./maps_figure.ts";
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
import type { Agreements, WhyFound } from "./why_found.ts";
import { volcanoFigure } from "./volcano_figure.ts";

/** Puts everything into words, numbers and pictures. */
export async function whyResult(found: WhyFound): Promise<PartResult> {
  const { study, input: { gathered: { codes } }, measured, findings } = found;
  const agreements = agreementsOf(found), doses = dosesTable(findings);
  return {
    verdict: verdictOf(found, agreements),
    metrics: metricsOf(found, agreements),
    ...codes && { perLatent: columnsOf(found, codes.dSae) },
    figures: {
      ...codes && {
        why_volcano: await volcanoFigure(found),
        ...findings.doses.length > 0 && { why_doses: await dosesFigure(doses) },
      },
      why_maps: await mapsFigure(study.hook.layout.grid, measured, findings),
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

/** Over the latents by chance, so that the best tuned do not count twice; nothing where tuning is not known. */
function agreementsOf(
  { tuning, input, findings, study }: WhyFound,
): Agreements {
  const { chosen } = input;
  if (!tuning || !chosen) return {};
  const some = [...new Set(chosen.chance)];
  const effects = some.map((latent) => findings.ablations.get(latent)!.value);
  const against = (scores: Float32Array) =>
    rankAgreement(
      some.map((latent) => Math.abs(scores[latent]!)),
      effects,
      study.seed,
    );
  return {
    spearman: against(tuning.spearman),
    partial_eta2: against(tuning.partialEta2),
  };
}

function columnsOf(
  { input: { chosen }, findings }: WhyFound,
  dSae: number,
): Record<string, LatentValues> {
  const effect = new Float32Array(dSae).fill(NaN), control = effect.slice();
  for (const [latent, { value }] of findings.ablations) effect[latent] = value;
  for (const { latent, against } of findings.asked) {
    control[latent!] = against.controlMean;
  }
  if (!chosen) return {};
  return {
    depth_causal: {
      values: effect,
      meaning:
        "mean change of the model's own depth when what it adds is taken away, NaN where not measured",
      unit: "standard deviations of the clean prediction",
    },
    depth_causal_control: {
      values: control,
      meaning:
        "the same of latents that fire as often and as strongly, their mean",
      unit: "standard deviations of the clean prediction",
    },
  };
}
