/**
 * The metrics of the part "why".
 *
 * @module
 */
import { type Metric, quantity } from "../../../../mod.ts";
import { percentile } from "./compare.ts";
import type { Agreements } from "./agreement.ts";
import type { Finding } from "./findings.ts";
import { lossRecovered } from "./tables.ts";
import type { WhyFound } from "./why_found.ts";

const sds = "standard deviations of the clean prediction";

/** The numbers that the report begins with. */
export function metricsOf(
  { findings, measured, input, tuning }: WhyFound,
  { spearman, partialEta2 }: Agreements,
): Record<string, Metric> {
  const { wholes, swaps, asked, scale } = findings;
  const named = (name: string) => wholes.findLast((each) => each.name === name);
  const splice = named("splice");
  const clear = asked.filter(({ clears }) => clears);
  const specificities = asked.map(({ specificity }) => specificity);
  const agreement = (of: string) =>
    `rank correlation over ${
      new Set(input.chosen?.chance).size
    } latents by chance of their ${of} and of what their ablation changes`;
  return {
    ...quantity(
      "why_pictures",
      scale.clusters.length,
      "pictures that edits were made in",
    ),
    ...quantity(
      "why_resumes",
      measured.resumes,
      "how often the model went on from the pause, up to 4 pictures each time",
    ),
    ...sizeMetrics(
      "why_group",
      named("ablate the best together"),
      "when the best tuned latents asked about are ablated together",
    ),
    ...quantity(
      "why_latents_asked",
      asked.length,
      tuning
        ? "latents asked about: the best tuned"
        : "latents asked about, by chance",
    ),
    ...quantity(
      "why_latents_clear",
      clear.length / asked.length,
      "share of the latents asked about whose ablation changes the model's own depth more than the 95th percentile of matched latents, with an interval above 0",
    ),
    ...quantity(
      "why_specificity",
      percentile(specificities.filter(Number.isFinite), 0.5),
      "how many times more the patches where a latent fires change than the others when it is ablated, the median of the latents asked about",
    ),
    ...sizeMetrics(
      "why_projection",
      named("project the probe's direction out"),
      "when the component along the probe's direction is the mean one everywhere",
    ),
    ...sizeMetrics(
      "why_splice",
      splice,
      "with the dictionary in place of each patch",
    ),
    ...quantity(
      "why_loss_recovered",
      splice && lossRecovered(wholes)(splice),
      "1 − Σ Δ² with the dictionary over Σ Δ² with the mean patch: share of the model's own depth that survives the dictionary",
    ),
    ...sizeMetrics(
      "why_zero",
      named("zero all patches"),
      "with zeros for every patch",
    ),
    ...sizeMetrics(
      "why_mean",
      named("mean for all patches"),
      "with the mean patch for every one",
    ),
    ...movedMetrics(
      "why_swap_patches",
      swaps[0],
      "another patch of the picture has, when near and far patches swap their component along the probe's direction",
    ),
    ...movedMetrics(
      "why_swap_pictures",
      swaps[1],
      "another picture has, when each patch has that picture's component along the probe's direction",
    ),
    ...quantity(
      "why_agreement_spearman",
      spearman,
      agreement("|Spearman| with depth"),
    ),
    ...quantity(
      "why_agreement_partial_eta2",
      partialEta2,
      agreement("partial eta² of depth"),
    ),
  };
}

function sizeMetrics(
  name: string,
  found: Finding | undefined,
  when: string,
): Record<string, Metric> {
  return {
    ...quantity(
      name,
      found?.effect,
      `mean change of the model's own depth ${when}`,
      sds,
    ),
    ...quantity(
      `${name}_control_p95`,
      found?.against.controlP95,
      "the same of its matched controls, their 95th percentile",
      sds,
    ),
  };
}

function movedMetrics(
  name: string,
  found: Finding | undefined,
  has: string,
): Record<string, Metric> {
  return {
    ...quantity(
      name,
      found?.moved?.effect,
      `share of the way that the model's own depth goes to what ${has}`,
    ),
    ...quantity(
      `${name}_control_p95`,
      found?.moved?.controlP95,
      "the same along directions by chance, their 95th percentile",
    ),
  };
}
