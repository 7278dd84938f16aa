/**
 * Which latents go with a target, and whether more of them do than of units that
 * nobody trained.
 *
 * @module
 */
import { readCodes } from "../study/read_codes.ts";
import type { Study } from "../study/study.ts";
import { targetScale } from "./target_scale.ts";
import { type LatentTuning, tuningOf } from "./tuning.ts";
import {
  notMeasured,
  type UnitsInput,
  unitsWith,
  type WhoOptions,
  type WhoResult,
} from "./units_with.ts";

export type { WhoOptions, WhoResult } from "./units_with.ts";

/** Which latents go with the target, over all pictures of the study. */
export async function who(
  study: Study,
  options: WhoOptions,
): Promise<WhoResult> {
  const { name, columns } = study.target;
  if (columns.length === 0) {
    return notMeasured(
      name,
      `the dataset knows no ${name}, and the model says none`,
    );
  }
  return await unitsWith(inputOf(study), options);
}

/**
 * The tuning of a study's dictionary over `bins` bins of the target, for an order in
 * which latents are edited; no latent is said to pass. Nothing where there is
 * no dictionary or nothing known.
 */
export async function plainTuning(
  study: Study,
  bins: number,
): Promise<LatentTuning | undefined> {
  const { dictionary, seed } = study;
  if (!dictionary) return undefined;
  const { patches, codes } = await inputOf(study).read({
    dictionaries: [dictionary],
  });
  const scale = targetScale(patches, { bins, seed });
  return scale.known === 0 ? undefined : tuningOf(scale, codes[0]!);
}

function inputOf(study: Study): UnitsInput {
  const { split: { folds, test }, hook: { width } } = study;
  const pictures = Uint32Array.from(
    [...folds, test].flatMap((each) => [...each]),
  ).sort();
  return {
    ...study,
    width,
    read: (options) => readCodes(study, pictures, options),
  };
}
