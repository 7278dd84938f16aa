/**
 * Which latents go with depth, and whether more of them do than of units that
 * nobody trained.
 *
 * @module
 */
import { readCodes } from "../study/read_codes.ts";
import type { DepthStudy } from "../study/study.ts";
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

/** Which latents go with depth, over all pictures of the study. */
export async function who(
  study: DepthStudy,
  options: WhoOptions,
): Promise<WhoResult> {
  if (!study.truth && !study.prediction) {
    return notMeasured(
      "depth",
      "the dataset knows no depth, and the model says none",
    );
  }
  return await unitsWith(inputOf(study), options);
}

/**
 * The tuning of a study's dictionary over `bins` bins of depth, for an order in
 * which latents are edited; no latent is said to pass. Nothing where there is
 * no dictionary or no depth.
 */
export async function plainTuning(
  study: DepthStudy,
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

function inputOf(study: DepthStudy): UnitsInput {
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
