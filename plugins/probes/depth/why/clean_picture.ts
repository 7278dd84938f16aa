/**
 * The model's own depth of a picture with nothing edited, and its errors against
 * the truth.
 *
 * @module
 */
import {
  type Alignment,
  alignTo,
  type DenseMap,
  type View,
} from "../../../../mod.ts";
import type { StudyPicture } from "../../study/pictures.ts";
import { depthErrors } from "../sense/depth_errors.ts";
import { cellDepth } from "../study/cell_depth.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import { meansOfCells, type Places } from "./places.ts";

/** What the model says of a picture with nothing edited. */
export interface CleanPicture {
  /** The prediction, `[places]`. */
  readonly says: Float32Array;
  /** Its mean in each cell of the hook's grid, `[cells]`. */
  readonly cells: Float64Array;
  /** The true depth, and how the prediction is aligned with it; absent where it is not known. */
  readonly truth?: CleanTruth | undefined;
}

interface CleanTruth {
  /** Metres, `[cells]`, NaN where unknown. */
  readonly depth: Float64Array;
  /** Fitted on the clean prediction, and kept for every edit. */
  readonly alignment: Alignment;
  /** The smallest true inverse depth. */
  readonly least: number;
  readonly errors: TruthErrors;
}

/** How far from the truth a map of depth is. */
export interface TruthErrors {
  /** Mean of |found − true| / true depth. */
  readonly absRel: number;
  /** Share of cells within a factor of 1.25. */
  readonly delta1: number;
  /** Rank correlation of inverse depth. */
  readonly spearman: number;
}

/** What the model says of each picture, `[pictures · places]`, with nothing edited. */
export function cleanPictures(
  says: Float32Array,
  seen: readonly StudyPicture[],
  places: Places,
  { truth, encoder }: Pick<DepthStudy, "truth" | "encoder">,
): CleanPicture[] {
  const each = says.length / seen.length;
  return seen.map(({ image, maps }, i) =>
    cleanPicture(
      says.slice(i * each, (i + 1) * each),
      places,
      truth && maps || {},
      encoder.view?.(image),
    )
  );
}

/** A clean picture, its prediction aligned with the true depth where that is known. Alignments are fitted here and nowhere else. */
export function cleanPicture(
  says: Float32Array,
  places: Places,
  { depth: map }: { readonly depth?: DenseMap },
  view?: View,
): CleanPicture {
  const cells = meansOfCells(says, places);
  if (!map) return { says, cells };
  const { disparity } = cellDepth(map, places.grid, view);
  const known = disparity.filter(Number.isFinite);
  if (known.length === 0) return { says, cells };
  const depth = disparity.map((x) => 1 / x);
  const alignment = alignTo(inverseCells(says, places), disparity);
  const truth = {
    depth,
    alignment,
    least: known.reduce((a, b) => Math.min(a, b)),
  };
  const errors = truthErrors(says, places, truth);
  return { says, cells, truth: { ...truth, errors } };
}

/** Inverse depth of each cell, from depth or inverse depth. */
function inverseCells(
  says: ArrayLike<number>,
  places: Places,
): Float64Array {
  if (places.inverse) return meansOfCells(says, places);
  const inverse = Float64Array.from(says, (x) => 1 / Math.max(x, 1e-3));
  return meansOfCells(inverse, places);
}

/** The errors of a prediction, with the alignment of the clean one. */
export function truthErrors(
  says: ArrayLike<number>,
  places: Places,
  { depth, alignment, least }: Omit<CleanTruth, "errors">,
): TruthErrors {
  const cells = inverseCells(says, places);
  const found = cells.map((x) =>
    1 / Math.max(alignment.scale * x + alignment.shift, least)
  );
  const { abs_rel, delta1 } = depthErrors(found, depth);
  // Ranks are compared before the alignment, whose clamp makes ties.
  const { spearman } = depthErrors(cells.map((x) => 1 / x), depth);
  return { absRel: abs_rel, delta1, spearman };
}
