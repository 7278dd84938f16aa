/**
 * Findings in, the part's numbers by name out.
 *
 * @module
 */
import type { Metric } from "../../../../mod.ts";
import { type Estimate, percentile } from "./compare.ts";
import type { Finding } from "./findings.ts";
import type { Agreements, WhyFound } from "./why_found.ts";
import { specificityOf } from "./table_cells.ts";
import { lossRecovered } from "./tables.ts";

const sds = "standard deviations of the clean prediction";

/** The numbers that the report begins with. */
export function metricsOf(
  { findings, measured, input, tuning }: WhyFound,
  agreements: Agreements,
): Record<string, Metric> {
  const { wholes, swaps, asked, scale } = findings;
  const named = (name: string) => wholes.findLast((each) => each.name === name);
  const recovered = lossRecovered(wholes, measured.effects);
  const splice = named("splice");
  const all: Record<string, Metric | undefined> = {
    why_pictures: {
      value: scale.clusters.length,
      meaning: "pictures that edits were made in",
    },
    why_resumes: {
      value: measured.resumes,
      meaning:
        "how often the model went on from the pause, up to 4 pictures each time",
    },
    ...sizeMetrics(
      "why_group",
      named("ablate the best together"),
      "when the best tuned latents asked about are ablated together",
    ),
    why_latents_asked: {
      value: asked.length,
      meaning: tuning
        ? "latents asked about: the best tuned"
        : "latents asked about, by chance",
    },
    why_latents_clear: asked.length > 0
      ? {
        value: asked.filter(({ clears }) => clears).length / asked.length,
        meaning:
          "share of the latents asked about whose ablation changes the model's own depth more than the 95th percentile of matched latents, with an interval above 0",
      }
      : undefined,
    why_specificity: {
      value: percentile(asked.map(specificityOf).filter(Number.isFinite), 0.5),
      meaning:
        "how many times more the patches where a latent fires change than the others when it is ablated, the median of the latents asked about",
    },
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
    why_loss_recovered: splice && {
      value: recovered(splice),
      meaning:
        "1 − Σ Δ² with the dictionary over Σ Δ² with the mean patch: share of the model's own depth that survives the dictionary",
    },
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
    ...Object.fromEntries(
      Object.entries(agreements).map(([name, estimate]) => [
        `why_agreement_${name}`,
        estimated(
          estimate,
          `rank correlation over ${
            new Set(input.chosen!.chance).size
          } latents by chance of their ${
            name === "spearman"
              ? "|Spearman| with depth"
              : "partial eta² of depth"
          } and of what their ablation changes`,
        ),
      ]),
    ),
  };
  return finite(all);
}

function sizeMetrics(
  name: string,
  found: Finding | undefined,
  when: string,
): Record<string, Metric> {
  if (!found) return {};
  const { effect, controlP95 } = found.size;
  return {
    [name]: estimated(
      effect,
      `mean change of the model's own depth ${when}`,
      sds,
    ),
    [`${name}_control_p95`]: {
      value: controlP95,
      meaning: "the same of its matched controls, their 95th percentile",
      unit: sds,
    },
  };
}

function movedMetrics(
  name: string,
  found: Finding | undefined,
  has: string,
): Record<string, Metric> {
  if (!found?.moved) return {};
  return {
    [name]: estimated(
      found.moved.effect,
      `share of the way that the model's own depth goes to what ${has}`,
    ),
    [`${name}_control_p95`]: {
      value: found.moved.controlP95,
      meaning: "the same along directions by chance, their 95th percentile",
    },
  };
}

function estimated(
  { value, low, high }: Estimate,
  meaning: string,
  unit?: string,
): Metric {
  return {
    value,
    ...low !== undefined && { low },
    ...high !== undefined && { high },
    meaning,
    ...unit !== undefined && { unit },
  };
}

function finite(
  all: Readonly<Record<string, Metric | undefined>>,
): Record<string, Metric> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, metric]) =>
      metric && Number.isFinite(metric.value) ? [[name, metric]] : []
    ),
  );
}
