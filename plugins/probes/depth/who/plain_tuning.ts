/**
 * A study in, how its latents go with depth out, without asking how sure that
 * is.
 *
 * @module
 */
import { readCodes } from "../study/read_codes.ts";
import type { DepthStudy } from "../study/study.ts";
import { type LatentTuning, tuningOf } from "./tuning.ts";
import { targetScale } from "./target_scale.ts";

/**
 * The tuning of a study's dictionary over `bins` bins of depth, for an order in
 * which latents are edited; no latent is said to pass. Nothing where there is
 * no dictionary or no depth.
 */
export async function plainTuning(
  study: DepthStudy,
  bins: number,
): Promise<LatentTuning | undefined> {
  const { dictionary, split, seed } = study;
  if (!dictionary) return undefined;
  const pictures = Uint32Array.from(
    [...split.folds, split.test].flatMap((each) => [...each]),
  ).sort();
  const { patches, codes } = await readCodes(study, pictures, {
    dictionaries: [dictionary],
  });
  const scale = targetScale(patches, { bins, seed });
  return scale.known === 0 ? undefined : tuningOf(scale, codes[0]!);
}
