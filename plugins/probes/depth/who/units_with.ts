/**
 * Which latents go with a target, and whether more of them do than of units that
 * nobody trained.
 *
 * @module
 */
import {
  addRows,
  type NormalSums,
  normalSums,
  rowProducts,
} from "../../../../mod.ts";
import type { ReadCodes, ReadCodesOptions } from "../study/read_codes.ts";
import type { PartResult, Study } from "../study/study.ts";
import { controlDictionaries } from "./control_dictionaries.ts";
import { curveIntervals } from "./curve_intervals.ts";
import { atlas, sourcesFigure } from "./figures.ts";
import {
  bestUnits,
  judged,
  type Units,
  type UnitSource,
  type WhoFound,
} from "./found.ts";
import { latentColumns } from "./latent_columns.ts";
import { metricsOf } from "./metrics.ts";
import { positionNull } from "./position_null.ts";
import { curveTable, latentTable, nullTable, sourceTable } from "./tables.ts";
import { type TargetScale, targetScale } from "./target_scale.ts";
import { type LatentTuning, tuningOf } from "./tuning.ts";
import { verdictOf } from "./verdict.ts";

/** Options for {@linkcode unitsWith}. */
export interface WhoOptions {
  /** Permutations of the maps between pictures. */
  readonly permutations: number;
  /** Bins of the target, of equally many patches. */
  readonly bins: number;
  /** Latents whose tuning curves are shown. */
  readonly curves: number;
  /** The false discovery rate below which a latent passes. */
  readonly q: number;
}

/** What {@linkcode unitsWith} looks at. */
export interface UnitsInput extends
  Pick<
    Study,
    "dictionary" | "engine" | "seed" | "report" | "signal"
  > {
  /** Length of a patch's activation. */
  readonly width: number;
  /** Encodes all pictures, and reads the target on their patches. */
  read(options: ReadCodesOptions): Promise<ReadCodes>;
}

/** What was found, with the tuning of each latent where there is a dictionary. */
export type WhoResult = PartResult & { readonly tuning?: LatentTuning };

/** Units that fire on a patch where no dictionary says how many. */
const l0WithoutDictionary = 32;

/**
 * Which latents go with a target. Each latent is held against permutations of
 * the maps between pictures that keep each cell in its place; those that pass
 * are counted, and counted alike among neurons, principal directions and the
 * latents of a random dictionary, all with as many units firing on a patch: that
 * the trained dictionary has more is said only when the interval of the
 * difference excludes 0.
 *
 * Pictures are encoded twice, once for the dictionary and once for its
 * controls, which are made from sums over all patches; kept are 8 bytes for each
 * entry of a code.
 */
export async function unitsWith(
  input: UnitsInput,
  options: WhoOptions,
): Promise<WhoResult> {
  const { dictionary, seed } = input;
  const { patches, codes: [own], sums } = await readTrained(input);
  const scale = targetScale(patches, { bins: options.bins, seed });
  if (scale.known === 0) {
    const { name } = patches.words;
    return notMeasured(
      name,
      `no patch of these pictures has a ${name} that is known`,
    );
  }
  const l0 = own
    ? Math.max(1, Math.round(own.values.length / patches.target.length))
    : Math.min(l0WithoutDictionary, input.width);
  const judge = (units: Units) => sourceOf(input, scale, units, options);
  const trained = own &&
    await judge({ name: "trained", units: "latents", codes: own });
  const controls: UnitSource[] = [];
  const dSae = dictionary?.sparsifier.dSae;
  for (const units of await readControls(input, sums, { l0, dSae, seed })) {
    controls.push(await judge(units));
  }
  const sources = [...trained ? [trained] : [], ...controls];
  const { permutations, q } = options;
  const found = { trained, controls, sources, scale, l0, permutations, q };
  return await resultOf(found, options.curves, seed);
}

/** A result that says why there is none. */
export function notMeasured(target: string, why: string): WhoResult {
  return {
    metrics: {},
    verdict: [`Which latents go with ${target} was not measured: ${why}`],
  };
}

async function readTrained({ dictionary, width, read }: UnitsInput) {
  const sums = normalSums(width, 0), products = await rowProducts();
  try {
    const found = await read({
      dictionaries: dictionary ? [dictionary] : [],
      onPatches: ({ data }) =>
        addRows(sums, products, data, new Float64Array()),
    });
    return { ...found, sums };
  } finally {
    await products.release();
  }
}

/** The controls' codes on the same patches. */
async function readControls(
  { engine, read }: UnitsInput,
  sums: NormalSums,
  options: Parameters<typeof controlDictionaries>[2],
): Promise<Units[]> {
  return await engine.tidy(async () => {
    const controls = controlDictionaries(engine, sums, options);
    const { codes } = await read({
      dictionaries: controls.map(({ dictionary }) => dictionary),
    });
    return controls.map(({ name, units }, i) => ({
      name,
      units,
      codes: codes[i]!,
    }));
  });
}

async function sourceOf(
  { seed, report, signal }: UnitsInput,
  scale: TargetScale,
  units: Units,
  { permutations, q }: WhoOptions,
): Promise<UnitSource> {
  const tuning = tuningOf(scale, units.codes);
  const nulls = await positionNull(scale, units.codes, tuning, {
    permutations,
    seed,
    all: units.name === "trained",
    onProgress(done) {
      signal?.throwIfAborted();
      const text =
        `permuting ${scale.patches.words.name} maps for ${units.units}`;
      report?.({ text, done, total: units.codes.dSae });
    },
  });
  return judged(units, tuning, nulls, q);
}

async function resultOf(
  found: WhoFound,
  curves: number,
  seed: number,
): Promise<WhoResult> {
  const sources = sourceTable(found);
  const ofLatents = found.trained &&
    await latentsOf(found.trained, found, curves, seed);
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
async function latentsOf(
  trained: UnitSource,
  found: WhoFound,
  count: number,
  seed: number,
) {
  const { scale } = found, best = bestUnits(trained, count);
  const columns = latentColumns(trained, scale.patches.words);
  const bins = curveIntervals(scale, trained.codes, best, seed);
  const who_curves = curveTable(bins, found);
  return {
    tuning: { ...trained.tuning, passes: trained.passes },
    perLatent: columns,
    figures: {
      ...best.length > 0 && {
        who_atlas: await atlas(who_curves, trained, found),
      },
    },
    tables: { who_latents: latentTable(trained, columns, found), who_curves },
  };
}
