/**
 * Depth as the target of a study.
 *
 * @module
 */
import type { Prediction } from "../../../../mod.ts";
import type { Study } from "../../study/study.ts";
import { cellTargets, ownDepth } from "./cell_targets.ts";
import { depthWords } from "./depth_words.ts";
import type { MainTarget, Target } from "../../study/target.ts";

/** Whose depth is known. */
export interface KnownDepth {
  /** Whether the dataset knows the true depth. */
  readonly truth: boolean;
  /** The model's own depth, where it says one. */
  readonly prediction?: Prediction | undefined;
}

/** What is measured of a depth. */
function logOf(name: string, short: string, what: string): MainTarget {
  return { name, short, what, measured: `the logarithm of ${what}` };
}

/** The true depth, the model's own, and what lies between them, as far as they are known. */
export function depthTarget(
  { encoder, prediction, truth }: KnownDepth & Pick<Study, "encoder">,
): Target {
  const from = encoder.hooks.find(({ name }) => name === prediction?.hook);
  const some = <T>(isKnown: boolean, ...of: T[]): T[] => isKnown ? of : [];
  const hasOwn = prediction !== undefined;
  const said = prediction ? [prediction.hook] : [];
  return {
    name: "depth",
    measured: "the logarithm of depth",
    columns: [
      ...some(truth, "truth_log_depth", "truth_disparity", "truth_rank"),
      ...some(hasOwn, "own_log_depth", "own_disparity", "own_rank"),
      ...some(truth && hasOwn, "residual"),
    ],
    main: [
      ...some(
        hasOwn,
        logOf("own_log_depth", "own", "the depth that the model itself says"),
      ),
      ...some(truth, logOf("truth_log_depth", "truth", "the true depth")),
    ],
    hooks: said,
    tuned: {
      column: truth ? "truth_log_depth" : "own_log_depth",
      hooks: truth ? [] : said,
      words: depthWords(truth),
    },
    cells({ pictures, activations }, at, hook) {
      const { image, maps } = pictures[at]!;
      const map = prediction && activations[prediction.hook];
      return cellTargets({
        depth: maps?.depth,
        hook,
        view: encoder.view?.(image),
        own: map && from && ownDepth(map, at, from, prediction),
      });
    },
    caveats: [
      ...some(
        !truth,
        "The dataset does not know the true depth: only what the model itself says was looked for",
      ),
      ...some(
        !hasOwn,
        "The model does not say depth: only the true depth was looked for",
      ),
    ],
    remedy:
      "which takes half of its pixels; use a dataset with depth, or one whose unknown pixels are fewer",
  };
}
