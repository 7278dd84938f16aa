/**
 * The direction along which a hook holds the target of a study.
 *
 * @module
 */
import {
  addRows,
  addSums,
  defaultPenalties,
  fitCrossValidated,
  type Held,
  inGroups,
  meansOf,
  type NormalSums,
  normalSums,
  r2On,
  rowCount,
  type RowProducts,
  rowProducts,
  sumOf,
} from "../../../mod.ts";
import { encodedPictures, tokensAt } from "../study/encoded_pictures.ts";
import type { Study } from "../study/study.ts";
import { knownCells } from "../study/target.ts";

/** Where a hook holds a target, as far as a linear probe reads it. */
export type ProbeDirection = Readonly<
  Awaited<ReturnType<typeof probeDirection>>
>;

/** Pictures encoded together. */
const together = 8;

/**
 * The direction of a ridge probe for the first main target at `study.hook`,
 * fitted on the folds and measured on the test.
 */
export async function probeDirection(study: Study) {
  const target = study.target.main[0]!.name;
  const products = await rowProducts();
  const sumsOf = (indices: Uint32Array) =>
    sumsAt(study, target, products, inGroups(indices, together));
  try {
    const folds: NormalSums[] = [];
    for (const fold of study.split.folds) folds.push(await sumsOf(fold));
    const all = sumOf(folds), splits = leaveOut(folds, all);
    const [fit] = fitCrossValidated(all, splits, defaultPenalties);
    const [r2] = r2On(fit!, await sumsOf(study.split.test));
    return {
      /** The name of what was asked for: the study's first main target. */
      target,
      ...directionOf(fit!.weights, all),
      /** What is added. */
      intercept: fit!.intercept[0]!,
      /** R² on the pictures of the test; NaN where the target does not vary. */
      r2: r2!,
    };
  } finally {
    await products.release();
  }
}

/** Each fold held out, beside the sum of the others. */
function leaveOut(folds: readonly NormalSums[], all: NormalSums): Held[] {
  return folds.filter((held) => rowCount(held) > 0).map((held) => ({
    held,
    fitted: addSums(sumOf([all]), held, -1),
  }));
}

async function sumsAt(
  study: Study,
  target: string,
  products: RowProducts,
  groups: Iterable<readonly number[]>,
): Promise<NormalSums> {
  const { hook } = study, sums = normalSums(hook.width, 1);
  for await (
    const group of encodedPictures(study, groups, { hooks: [hook.name] })
  ) {
    for (const at of group.pictures.keys()) {
      const found = study.target.cells(group, at, hook);
      const cells = knownCells(study.target, found);
      const y = Float64Array.from(
        cells,
        (cell) => found.values[target]![cell]!,
      );
      const x = tokensAt(group.activations, at, hook, cells);
      await addRows(sums, products, x, y);
    }
  }
  return sums;
}

/** The direction of `weights`, and how patches lie along it. */
function directionOf(weights: Float64Array, sums: NormalSums) {
  const { width, gram, targets } = sums, size = width + targets + 1;
  const length = Math.hypot(...weights) || 1, n = rowCount(sums);
  const unit = weights.map((weight) => weight / length);
  const means = meansOf(sums).subarray(0, width);
  const along = unit.reduce((sum, u, d) => sum + u * means[d]!, 0);
  let square = 0;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      square += unit[i]! * unit[j]! * gram[i * size + j]!;
    }
  }
  return {
    /** The weights scaled to length 1, `[width]`; zeros where nothing varies. */
    direction: Float32Array.from(unit),
    /** The probe's weights, `[width]`: the target is `weights · x + intercept`. */
    weights,
    /** The mean patch that it was fitted on, `[width]`. */
    mean: Float32Array.from(means),
    /** Standard deviation of these patches along `direction`. */
    sd: Math.sqrt(Math.max(0, square / n - along * along)),
  };
}
