/**
 * Depth in words, as a target of latents.
 *
 * @module
 */
import type { TargetWords } from "../../study/target_patches.ts";

/** The words for the logarithm of the true depth, or of the model's own. */
export function depthWords(isTrue: boolean): TargetWords {
  return {
    name: "depth",
    small: ["near", "nearer"],
    large: ["far", "farther"],
    shown: Math.exp,
    ...isTrue
      ? { scale: "in metres", unit: "metres" }
      : { scale: "as the model says it, up to a factor" },
    source: (of) =>
      isTrue
        ? `Depth is the true depth of ${of}`
        : `Depth is the model's own prediction on ${of}, as the dataset knows no true depth: what goes with it goes with what the model says, right or wrong`,
  };
}
