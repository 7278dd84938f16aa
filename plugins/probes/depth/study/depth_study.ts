/**
 * What the parts of the depth probe look at, chosen once.
 *
 * @module
 */
import { ConfigError, type ProbeInput } from "../../../../mod.ts";
import { openStudy, type OpenStudyOptions } from "../../study/open_study.ts";
import { firstPicture } from "../../study/pictures.ts";
import type { Study } from "../../study/study.ts";
import { depthTarget, type KnownDepth } from "./depth_target.ts";

/** What the parts of the depth probe look at. */
export interface DepthStudy extends Study, KnownDepth {}

/**
 * Chooses the pictures and finds out what is known of them: whether their
 * depth is, from the first that can be decoded, and whether the model says
 * depth itself.
 *
 * @throws {ConfigError} When there is neither true depth nor a model that says
 * one, fewer pictures than folds, or the hook has no patches.
 */
export async function openDepthStudy(
  input: ProbeInput,
  options: Omit<OpenStudyOptions, "name">,
): Promise<DepthStudy> {
  const { dataset, encoder } = input;
  const { indices, ...study } = openStudy(input, { ...options, name: "depth" });
  const prediction = encoder.predictions?.find(({ kind }) => kind === "depth");
  const first = await firstPicture(dataset, indices);
  const truth = first?.maps?.depth !== undefined;
  if (!truth && !prediction) {
    throw new ConfigError(
      "dataset",
      "Cannot look for depth: the dataset does not know it and the model does not say it; use a dataset with depth (--dataset.use=scenes, --dataset.use=rgbd) or a model that says depth (--encoder.use=depth-anything)",
    );
  }
  const target = depthTarget({ encoder, prediction, truth });
  return { ...study, truth, prediction, target };
}
