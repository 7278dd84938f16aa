/**
 * A dictionary and pictures with depth in, which of its latents go with depth,
 * and more of them than of what nobody trained, out.
 *
 * @module
 */
import { rowProducts } from "../../../../mod.ts";
import type { LatentEntries } from "../study/latent_entries.ts";
import { type DepthPatches, readCodes } from "../study/read_codes.ts";
import type { DepthStudy, PartResult } from "../study/study.ts";
import { type LatentTuning, tuningOf } from "./tuning.ts";
import { controlDictionaries } from "./control_dictionaries.ts";
import { curveIntervals, type TuningCurve } from "./curve_intervals.ts";
import { type TargetScale, targetScale } from "./target_scale.ts";
import { falseDiscoveryRates, passing } from "./significance.ts";
import {
  addMoments,
  type PatchMoments,
  patchMoments,
} from "./patch_moments.ts";
import { positionNull } from "./position_null.ts";
import { atlas, sourcesFigure } from "./figures.ts";
import { bestUnits, type UnitSource, type WhoFound } from "./found.ts";
import { latentColumnsOf, whoMetrics } from "./metrics.ts";
import { curveTable, latentTable, nullTable, sourceTable } from "./tables.ts";
import { whoVerdict } from "./verdict.ts";

/** Options for {@linkcode who}. */
export interface WhoOptions {
  /** Permutations of the depth maps between pictures. */
  readonly permutations: number;
  /** Bins of depth, of equally many patches. */
  readonly bins: number;
  /** Latents whose tuning curves are shown. */
  readonly curves: number;
  /** The false discovery rate below which a latent passes. */
  readonly q: number;
}

/** What {@linkcode who} found, with the tuning of each latent where there is a dictionary. */
export type WhoResult = PartResult & { readonly tuning?: LatentTuning };

/** Units that fire on a patch where no dictionary says how many. */
const l0WithoutDictionary = 32;

/**
 * Which latents go with depth. All pictures of the study are looked at. Each
 * latent is held against permutations of the depth maps between pictures that
 * keep each cell in its place; those that pass are counted, and counted alike
 * among neurons, principal directions and the latents of a random dictionary,
 * all with as many units firing on a patch: that the trained dictionary has
 * more is said only when the interval of the difference excludes 0.
 *
 * Pictures are encoded twice, once for the dictionary and once for its
 * controls; kept are 8 bytes for each entry of a code.
 */
export async function who(
  study: DepthStudy,
  options: WhoOptions,
): Promise<WhoResult> {
  const { split, dictionary, seed } = study;
  if (!study.truth && !study.prediction) {
    return nothing("the dataset knows no depth, and the model says none");
  }
  const pictures = Uint32Array.from(
    [...split.folds, split.test].flatMap((each) => [...each]),
  ).sort();
  const { patches, codes: [own], moments } = await readTrained(study, pictures);
  const scale = targetScale(patches, { bins: options.bins, seed });
  if (scale.known === 0) {
    return nothing("no patch of these pictures has a depth that is known");
  }
  const entries = own?.values.length ?? NaN;
  const l0 = dictionary
    ? Math.max(1, Math.round(entries / patches.target.length))
    : Math.min(l0WithoutDictionary, study.hook.width);
  const sources: UnitSource[] = [];
  if (own) {
    const trained = { name: "trained", units: "latents", codes: own } as const;
    sources.push(await sourceOf(study, scale, trained, options));
  }
  for (const control of await readControls(study, patches, moments, l0)) {
    sources.push(await sourceOf(study, scale, control, options));
  }
  const { permutations, q } = options;
  return resultOf({ sources, scale, l0, permutations, q, seed }, options);
}

/** A result that says why there is none. */
function nothing(why: string): WhoResult {
  return {
    metrics: {},
    verdict: [`Which latents go with depth was not measured: ${why}`],
  };
}

async function readTrained(study: DepthStudy, pictures: Uint32Array) {
  const { dictionary, hook } = study;
  const moments = patchMoments(hook.width), products = await rowProducts();
  try {
    const read = await readCodes(study, pictures, {
      dictionaries: dictionary ? [dictionary] : [],
      onPatches: (x) => addMoments(moments, x, products),
    });
    return { ...read, moments };
  } finally {
    await products.release();
  }
}

/** Units whose tuning is to be measured. */
type Units = Pick<UnitSource, "name" | "units" | "codes">;

/** The controls' codes on the same patches. */
async function readControls(
  study: DepthStudy,
  { pictures }: DepthPatches,
  moments: PatchMoments,
  l0: number,
): Promise<Units[]> {
  const { engine, seed, dictionary } = study;
  return await engine.tidy(async () => {
    const controls = controlDictionaries(engine, moments, {
      l0,
      dSae: dictionary?.sparsifier.dSae,
      seed,
    });
    const dictionaries = controls.map(({ dictionary }) => dictionary);
    const { codes } = await readCodes(study, pictures, { dictionaries });
    return controls.map(({ name, units }, i) => ({
      name,
      units,
      codes: codes[i]!,
    }));
  });
}

async function sourceOf(
  { seed, report, signal }: DepthStudy,
  scale: TargetScale,
  units: Units,
  { permutations, q: most }: WhoOptions,
): Promise<UnitSource> {
  const tuning = tuningOf(scale, units.codes);
  const nulls = await positionNull(scale, units.codes, tuning, {
    permutations,
    seed,
    all: units.name === "trained",
    onProgress(done) {
      signal?.throwIfAborted();
      const text = `permuting depth maps for ${units.units}`;
      report?.({ text, done, total: units.codes.dSae });
    },
  });
  const q = falseDiscoveryRates(nulls.p);
  return { ...units, tuning, nulls, q, passes: passing(q, tuning, most) };
}

function resultOf(
  found: WhoFound,
  { curves: count }: Pick<WhoOptions, "curves">,
): WhoResult {
  const trained = found.sources.find(({ name }) => name === "trained");
  const curves = trained ? bestCurves(found, trained, count) : [];
  const perLatent = trained && latentColumnsOf(trained, found);
  return {
    verdict: whoVerdict(found),
    metrics: whoMetrics(found),
    ...perLatent && { perLatent },
    figures: {
      ...trained && curves.length > 0 && {
        who_atlas: atlas(found, trained, curves),
      },
      who_sources: sourcesFigure(found),
    },
    tables: {
      who_sources: sourceTable(found),
      ...perLatent && {
        who_latents: latentTable(perLatent),
        who_curves: curveTable(found, curves),
      },
      who_null: nullTable(found),
    },
    ...trained && { tuning: { ...trained.tuning, passes: trained.passes } },
  };
}

function bestCurves(
  { scale, seed }: WhoFound,
  trained: UnitSource & { codes: LatentEntries },
  count: number,
): TuningCurve[] {
  return curveIntervals(scale, trained.codes, bestUnits(trained, count), seed);
}
