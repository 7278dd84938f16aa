/**
 * Fits probes from sums of folds: on what a source says alone, and on that and
 * the place of a cell.
 *
 * @module
 */
import {
  defaultPenalties,
  dot,
  fitCrossValidated,
  fitRidge,
  type NormalSums,
  type RidgeFit,
  squaredDeviations,
} from "../../../mod.ts";
import { addFold, type FoldSums, foldSums } from "./fold_sums.ts";
import { type Places, placesOf, withPlaces } from "./position.ts";
import type { Source } from "./sources.ts";

/** A linear probe for one column. */
export interface Fit {
  /** Whether it knows the place of a cell too. */
  readonly hasPlace: boolean;
  /** Which column it is for. */
  readonly column: number;
  /** The penalty it was fitted with. */
  readonly penalty: number;
  /** Pictures it was fitted on. */
  readonly pictures: number;
  /** Folds it was fitted on, where not on all: a point of the learning curve. */
  readonly folds?: number;
  /** R² over the folds, each read by a fit on the others. */
  readonly crossR2: number;
  /** Weights of the source's features, `[width]`. */
  readonly weights: Float64Array;
  /** What is added in each cell, `[cells]`. */
  readonly byCell: Float64Array;
}

/** Which columns a place is added for, and how many of them are real. */
interface FitOptions {
  /** Real targets: the first columns. */
  readonly real: number;
  /** Columns, from the first, that are fitted with the place too. */
  readonly placed: number;
}

/** The probes of a source for every column, and with the place for the first ones. */
export function fitsOf(
  source: Source,
  folds: readonly FoldSums[],
  { real, placed }: FitOptions,
): Fit[] {
  const all = total(source, folds), { grid } = source.layout;
  const { width, targets } = all.rows;
  // A fold that is held out lends nothing to the means of cells either.
  const splits = folds.filter(({ pictures }) => pictures > 0).map((held) => {
    const fitted = addFold(structuredClone(all), held, -1);
    const places = placesOf(grid, fitted, real);
    return {
      fitted: withPlaces(fitted, places, targets),
      held: withPlaces(held, places, targets),
    };
  });
  const places = placesOf(grid, all, real);
  const sums = withPlaces(all, places, targets);
  const parts = [
    { features: sums.width, targets: placed },
    ...width > 0 ? [{ features: width, targets }] : [],
  ];
  const fits = fitCrossValidated(sums, splits, defaultPenalties, parts);
  return fits.flatMap((fit, part) =>
    toFits(source, fit, part === 0 ? places : undefined, {
      penalties: fit.penalties,
      crossR2: crossR2(splits, fit.errors),
      pictures: all.pictures,
      features: sums.width,
    })
  );
}

/**
 * The probe of a source and the place for one column, fitted on the first, the
 * first two … of the folds with the penalty that all of them chose.
 */
export function learningFits(
  source: Source,
  folds: readonly FoldSums[],
  { column, penalty }: Pick<Fit, "column" | "penalty">,
  { real, placed }: FitOptions,
): Fit[] {
  return folds.flatMap((_, last) => {
    const some = total(source, folds.slice(0, last + 1));
    if (some.pictures === 0) return [];
    const places = placesOf(source.layout.grid, some, real);
    const sums = withPlaces(some, places, placed);
    const [fit] = fitRidge(sums, [penalty]);
    const fits = toFits(source, fit!, places, {
      penalties: Array(placed).fill(penalty),
      crossR2: new Float64Array(placed).fill(NaN),
      pictures: some.pictures,
      features: sums.width,
    });
    return [{ ...fits[column]!, folds: last + 1 }];
  });
}

function total(source: Source, folds: readonly FoldSums[]): FoldSums {
  return folds.reduce<FoldSums>(
    (sum, fold) => addFold(sum, fold),
    foldSums(source, folds[0]!.rows.targets),
  );
}

/** R² over the folds: of each target, about its mean in each fold. */
function crossR2(
  splits: readonly { held: NormalSums }[],
  errors: Float64Array,
): Float64Array {
  const all = new Float64Array(errors.length);
  for (const { held } of splits) {
    const deviations = squaredDeviations(held);
    for (let t = 0; t < all.length; t++) all[t]! += deviations[t]!;
  }
  return errors.map((error, t) => all[t]! > 0 ? 1 - error / all[t]! : NaN);
}

/** One fit for each target, its place's share summed for each cell. */
function toFits(
  source: Source,
  { weights, intercept }: RidgeFit,
  places: Places | undefined,
  { penalties, crossR2, pictures, features }: {
    penalties: readonly number[];
    crossR2: Float64Array;
    pictures: number;
    /** Weights for each target, those of places that a fit does not know too. */
    features: number;
  },
): Fit[] {
  const { width, layout: { grid: [rows, cols] } } = source;
  return penalties.map((penalty, column) => {
    const own = weights.subarray(column * features, (column + 1) * features);
    const byCell = new Float64Array(rows * cols).fill(intercept[column]!);
    for (let cell = 0; places && cell < byCell.length; cell++) {
      const { data, width: length } = places;
      byCell[cell]! += dot(data, cell * length, own, width, length);
    }
    return {
      hasPlace: places !== undefined,
      column,
      penalty,
      pictures,
      crossR2: crossR2[column]!,
      weights: own.slice(0, width),
      byCell,
    };
  });
}
