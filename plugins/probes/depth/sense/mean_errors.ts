/**
 * Mean errors of depth over pictures, beside those of controls.
 *
 * @module
 */
import { type Estimate, ratioOfSums } from "../../../../mod.ts";
import { clustersOf } from "../../study/split_pictures.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import {
  type DepthError,
  type DepthErrors,
  errorMeanings,
} from "./depth_errors.ts";

/** Who says depth, and how it is measured. */
export const predictors = {
  model: "the model, its inverse depth scaled and shifted to fit each picture",
  as_said: "the model in metres as it says it, nothing fitted",
  position:
    "control that does not see: the mean inverse depth of each place over the pictures fitted on, scaled and shifted to fit each picture",
  constant:
    "control: the inverse depth that fits each picture best, everywhere",
} as const;

/** The name of who says depth. */
export type Predictor = keyof typeof predictors;

/** The errors of one picture, by who says its depth. */
export interface PictureErrors {
  /** Its index in the dataset. */
  readonly index: number;
  /** Its name. */
  readonly id: string;
  /** The errors, where there is a depth. */
  readonly by: Partial<Record<Predictor, DepthErrors>>;
}

/** The mean of an error over pictures. */
export interface MeanError extends Estimate {
  /** Who says the depth. */
  readonly predictor: Predictor;
  /** Which error. */
  readonly error: DepthError;
}

/** The mean of each error over the pictures, with its interval. */
export function meanErrors(
  { dataset, seed }: DepthStudy,
  found: readonly PictureErrors[],
): MeanError[] {
  const clusters = clustersOf(
    dataset,
    Uint32Array.from(found, ({ index }) => index),
  );
  return keysOf(predictors).flatMap((predictor) =>
    keysOf(errorMeanings).flatMap((error) => {
      const errors = found.map(({ by }) => by[predictor]?.[error] ?? NaN);
      const mean = ratioOfSums(errors, undefined, { clusters, seed });
      return Number.isNaN(mean.value) ? [] : [{ predictor, error, ...mean }];
    })
  );
}

/** The keys of an object that has no others. */
export function keysOf<K extends string>(
  of: Readonly<Record<K, unknown>>,
): K[] {
  return Object.keys(of) as K[];
}
