/**
 * Depth as the target of a study.
 *
 * @module
 */
import type { Prediction } from "../../../../mod.ts";
import type { Study } from "../../study/study.ts";
import { cellTargets, ownDepth } from "./cell_targets.ts";
import type { MainTarget, Target, TargetWords } from "../../study/target.ts";

/** Whose depth is known. */
export interface KnownDepth {
  /** Whether the dataset knows the true depth. */
  readonly truth: boolean;
  /** The model's own depth, where it says one. */
  readonly prediction?: Prediction | undefined;
}

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
    ...depthWords(truth),
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
