/**
 * Chooses ridge penalties by cross-validation over folds, and fits with them.
 *
 * @module
 */
import {
  fitNested,
  type Nested,
  type NormalSums,
  type RidgeFit,
  squaredErrors,
  wholeOf,
} from "./ridge.ts";

/** Rows to fit on, and others to measure on. */
export interface Held {
  /** To fit on. */
  readonly fitted: NormalSums;
  /** To measure on. */
  readonly held: NormalSums;
}

/** A fit with the penalty of each target that cross-validation chose. */
export interface ChosenFit extends RidgeFit {
  /** The penalty of each target. */
  readonly penalties: readonly number[];
  /** Its squared error, summed over the rows held out: `[targets]`. */
  readonly errors: Float64Array;
}

/**
 * {@linkcode fitRidge} of each part of `sums`, each target with the penalty that
 * has the least squared error over all that the folds hold out.
 */
export function fitCrossValidated(
  sums: NormalSums,
  folds: readonly Held[],
  penalties: readonly number[],
  parts: readonly Nested[] = [wholeOf(sums)],
): ChosenFit[] {
  const { width } = sums;
  const errors = heldOutErrors(folds, penalties, parts);
  const fits = parts.map(({ targets }, part) => {
    const places = leastOf(errors[part]!);
    return {
      places,
      weights: new Float64Array(targets * width),
      intercept: new Float64Array(targets),
      penalties: places.map((p) => penalties[p]!),
      errors: Float64Array.from(places, (p, t) => errors[part]![p]![t]!),
    };
  });
  for (const p of new Set(fits.flatMap(({ places }) => places))) {
    const [found] = fitNested(sums, [penalties[p]!], parts);
    found!.forEach(({ weights, intercept }, part) => {
      const into = fits[part]!;
      into.places.forEach((own, target) => {
        if (own !== p) return;
        const at = target * width;
        into.weights.set(weights.subarray(at, at + width), at);
        into.intercept[target] = intercept[target]!;
      });
    });
  }
  return fits;
}

/** For each part and penalty the squared error of each target over all that is held out. */
function heldOutErrors(
  folds: readonly Held[],
  penalties: readonly number[],
  parts: readonly Nested[],
): Float64Array[][] {
  const found = parts.map(({ targets }) =>
    penalties.map(() => new Float64Array(targets))
  );
  for (const { fitted, held } of folds) {
    fitNested(fitted, penalties, parts).forEach((fits, p) => {
      fits.forEach((fit, part) => {
        const sum = found[part]![p]!;
        squaredErrors(fit, held).forEach((e, target) => sum[target]! += e);
      });
    });
  }
  return found;
}

/** The place of the penalty with the least error of each target. */
function leastOf(errors: readonly Float64Array[]): number[] {
  return Array.from(errors[0]!, (_, target) => {
    const own = errors.map((of) => of[target]!);
    return Math.max(0, own.indexOf(Math.min(...own)));
  });
}
