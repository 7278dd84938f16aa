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

/** What cross-validation says of each target. */
export interface Chosen {
  /** The place in the penalties of the one with the least error. */
  readonly places: readonly number[];
  /** Its squared error, summed over the rows held out. */
  readonly errors: Float64Array;
}

/** For each part the penalty of each target with the least squared error over all that is held out. */
export function choosePenalties(
  folds: readonly Held[],
  penalties: readonly number[],
  parts: readonly Nested[] = [wholeOf(folds[0]!.held)],
): Chosen[] {
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
  return found.map(leastOf);
}

function leastOf(errors: readonly Float64Array[]): Chosen {
  const places = Array.from(errors[0]!, (_, target) => {
    const own = errors.map((of) => of[target]!);
    return Math.max(0, own.indexOf(Math.min(...own)));
  });
  return {
    places,
    errors: Float64Array.from(places, (p, target) => errors[p]![target]!),
  };
}

/** {@linkcode fitRidge} of each part with the penalty that was chosen for each target. */
export function fitChosen(
  sums: NormalSums,
  penalties: readonly number[],
  chosen: readonly Pick<Chosen, "places">[],
  parts: readonly Nested[] = [wholeOf(sums)],
): Omit<RidgeFit, "penalty">[] {
  const { width } = sums;
  const found = parts.map(({ targets }) => ({
    weights: new Float64Array(targets * width),
    intercept: new Float64Array(targets),
  }));
  for (const p of new Set(chosen.flatMap(({ places }) => places))) {
    const [fits] = fitNested(sums, [penalties[p]!], parts);
    fits!.forEach(({ weights, intercept }, part) => {
      const into = found[part]!;
      chosen[part]!.places.forEach((own, target) => {
        if (own !== p) return;
        const at = target * width;
        into.weights.set(weights.subarray(at, at + width), at);
        into.intercept[target] = intercept[target]!;
      });
    });
  }
  return found;
}
