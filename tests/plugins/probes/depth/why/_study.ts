/** The planted world as the parts of the depth probe see it. @module */
import type { Encoder } from "tessera";
import { depthTarget } from "../../../../../plugins/probes/depth/study/depth_target.ts";
import { splitPictures } from "../../../../../plugins/probes/study/split_pictures.ts";
import type { DepthStudy } from "../../../../../plugins/probes/depth/study/depth_study.ts";
import type { LatentTuning } from "../../../../../plugins/probes/who/tuning.ts";
import {
  dSae,
  hooks,
  plantedHook,
  plantedWorld,
  type PlantedWorldOptions,
} from "../_planted_world.ts";

/** A study of 30 pictures, 12 of them to edit. */
export function plantedStudy(
  options: PlantedWorldOptions = {},
  changes: Partial<Encoder> = {},
): DepthStudy {
  const { dataset, encoder, engine, dictionary, heldOut } = plantedWorld({
    length: 30,
    ...options,
  });
  const changed = { ...encoder, ...changes };
  const known = {
    encoder: changed,
    truth: options.truth ?? true,
    prediction: changed.predictions?.[0],
  };
  const hook = hooks.find(({ name }) => name === plantedHook)!;
  return {
    ...known,
    dataset,
    engine,
    dictionary,
    hook,
    split: splitPictures(dataset, heldOut, { folds: 2, test: 0.4, seed: 1 }),
    target: depthTarget(known),
    seed: 1,
  };
}

/** Latents 0 and 1 are tuned, the others less and less. */
export function plantedTuning(passes?: Uint8Array): LatentTuning {
  const scores = Float32Array.from(
    { length: dSae },
    (_, latent) => latent < 2 ? 0.9 - 1.8 * latent : 0.1 / latent,
  );
  const none = new Float32Array(dSae).fill(NaN);
  const names = [
    "density",
    "fired",
    "clusters",
    "spearmanActive",
    "auroc",
    "selectivity",
    "eta2",
    "preferred",
    "width",
    "agreement",
    "curveClass",
    "curves",
  ] as const;
  return {
    ...Object.fromEntries(names.map((name) => [name, none])) as Record<
      (typeof names)[number],
      Float32Array
    >,
    spearman: scores,
    partialEta2: scores.map(Math.abs),
    ...passes && { passes },
  };
}
