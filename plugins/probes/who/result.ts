/**
 * Puts what was measured into metrics, columns, figures, tables and sentences.
 *
 * @module
 */
import type { PartResult } from "../study/study.ts";
import { curveIntervals } from "./curve_intervals.ts";
import { atlas, sourcesFigure } from "./figures.ts";
import { bestUnits, type UnitSource, type WhoFound } from "./found.ts";
import { latentColumns } from "./latent_columns.ts";
import { metricsOf } from "./metrics.ts";
import { curveTable, latentTable, nullTable, sourceTable } from "./tables.ts";
import type { LatentTuning } from "./tuning.ts";
import { verdictOf } from "./verdict.ts";

/** What the part "who" found, with the tuning of each latent where there is a dictionary. */
export type WhoResult = PartResult & { readonly tuning?: LatentTuning };

/** The result of everything that was measured. */
export async function resultOf(found: WhoFound): Promise<WhoResult> {
  const sources = sourceTable(found);
  const ofLatents = found.trained && await latentsOf(found.trained, found);
  return {
    ...ofLatents,
    verdict: verdictOf(found),
    metrics: metricsOf(found),
    figures: {
      ...ofLatents?.figures,
      who_sources: await sourcesFigure(sources, found),
    },
    tables: {
      who_sources: sources,
      ...ofLatents?.tables,
      who_null: nullTable(found),
    },
  };
}

/** What is said of each latent of the trained dictionary. */
async function latentsOf(trained: UnitSource, found: WhoFound) {
  const { words, scale, curves, seed } = found,
    best = bestUnits(trained, curves);
  const perLatent = latentColumns(trained, words);
  const who_latents = latentTable(trained, perLatent, found);
  const bins = curveIntervals(scale, trained.codes, best, seed);
  const who_curves = curveTable(bins, found);
  return {
    tuning: { ...trained.tuning, passes: trained.passes },
    perLatent,
    figures: {
      ...best.length > 0 && {
        who_atlas: await atlas(who_curves, trained, found),
      },
    },
    tables: { who_latents, who_curves },
  };
}
