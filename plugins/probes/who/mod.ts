/**
 * Finds the latents that go with a target, and compares how many there are with
 * controls that nobody trained.
 *
 * @module
 */
import type { Study } from "../study/study.ts";
import {
  judged,
  type Units,
  type UnitSource,
  type WhoOptions,
} from "./found.ts";
import { positionNull } from "./position_null.ts";
import { readControls, readTrained } from "./read_units.ts";
import { resultOf, type WhoResult } from "./result.ts";
import { type TargetScale, targetScale } from "./target_scale.ts";
import { type LatentTuning, tuningOf } from "./tuning.ts";

export type { WhoResult } from "./result.ts";

/** Units that fire on a patch where no dictionary says how many. */
const l0WithoutDictionary = 32;

/**
 * Finds the latents that go with the target on the study's pictures. Each latent
 * is compared with permutations of the maps between pictures, which keep each
 * cell in its place. The same test is made of neurons, principal directions and
 * the latents of a random dictionary, with as many units firing on a patch. The
 * verdict says that a larger share of the trained dictionary passes only where
 * the interval of the difference excludes 0.
 *
 * Pictures are encoded twice: first for the dictionary, then for its controls,
 * which are made from sums over all patches. 8 bytes are kept for each entry of
 * a code.
 */
export async function who(
  study: Study,
  options: WhoOptions,
): Promise<WhoResult> {
  const { target: { name, columns }, dictionary, hook, seed } = study;
  if (columns.length === 0) {
    return nothing(
      name,
      `the dataset knows no ${name}, and the model says none`,
    );
  }
  const { patches, codes, sums } = await readTrained(study);
  const scale = targetScale(patches, { bins: options.bins, seed });
  if (scale.known === 0) {
    return nothing(
      name,
      `no patch of these pictures has a ${name} that is known`,
    );
  }
  const l0 = codes
    ? Math.max(1, Math.round(codes.values.length / patches.target.length))
    : Math.min(l0WithoutDictionary, hook.width);
  const trained = codes && await sourceOf(
    study,
    scale,
    { name: "trained", units: "latents", codes },
    options,
  );
  const controls: UnitSource[] = [];
  const dSae = dictionary?.sparsifier.dSae;
  for (const units of await readControls(study, sums, { l0, dSae, seed })) {
    controls.push(await sourceOf(study, scale, units, options));
  }
  const sources = [...trained ? [trained] : [], ...controls];
  return await resultOf({
    ...options,
    ...{ trained, controls, sources, scale, l0, seed },
    words: patches.words,
  });
}

/** A result that says why there is none. */
function nothing(target: string, why: string): WhoResult {
  return {
    metrics: {},
    verdict: [`Which latents go with ${target} was not measured: ${why}`],
  };
}

/**
 * The tuning of a study's dictionary over `bins` bins of the target, without the
 * test of which latents pass. Undefined where there is no dictionary, or where
 * the target is known on no patch.
 */
export async function plainTuning(
  study: Study,
  bins: number,
): Promise<LatentTuning | undefined> {
  if (!study.dictionary) return undefined;
  const { patches, codes } = await readTrained(study);
  const scale = targetScale(patches, { bins, seed: study.seed });
  return scale.known === 0 ? undefined : tuningOf(scale, codes!);
}

async function sourceOf(
  { seed, report, signal, target }: Study,
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
      const text = `permuting ${target.name} maps for ${units.units}`;
      report?.({ text, done, total: units.codes.dSae });
    },
  });
  return judged(units, tuning, nulls, q);
}
