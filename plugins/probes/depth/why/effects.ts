/**
 * What a model says with and without an edit in, how far the two are apart out.
 *
 * @module
 */
import {
  type Alignment,
  alignTo,
  type DenseMap,
  type Hook,
  type Prediction,
  type View,
} from "../../../../mod.ts";
import { cellDepth } from "../study/cell_depth.ts";
import { depthErrors } from "../sense/depth_errors.ts";
import type { Condition } from "./condition.ts";

/** What is kept of each picture. */
const fields = [
  "absolute",
  "squared",
  "signed",
  "inside",
  "signedInside",
  "placesInside",
  "outside",
  "signedOutside",
  "placesOutside",
  "absRel",
  "delta1",
  "spearman",
  "moved",
  "hoped",
] as const;

/**
 * Sums over the places of each picture, `[pictures]`, `Δ` the change of the
 * prediction in its own units: `absolute` of |Δ|, `squared` of Δ², `signed` of
 * Δ; of those `inside` the cells that were edited and `outside`. Then what
 * the errors against the truth change by; NaN without a truth. Last, of
 * the cells, `moved` the sum of Δ · hoped and `hoped` of hoped².
 */
export type Effects = Readonly<Record<(typeof fields)[number], Float64Array>>;

/** The effects of an edit that was not made yet: none anywhere. */
export function noEffects(
  pictures: number,
  places: number,
  truth: boolean,
): Effects {
  const all = Object.fromEntries(
    fields.map((name) => [name, new Float64Array(pictures)]),
  ) as Effects;
  all.placesOutside.fill(places);
  if (truth) return all;
  const unknown = new Float64Array(pictures).fill(NaN);
  return { ...all, absRel: unknown, delta1: unknown, spearman: unknown };
}

/** A picture as the model sees it with nothing edited. */
export interface CleanPicture {
  /** What it says, `[places]`. */
  readonly says: Float32Array;
  /** The mean of it in each cell of the hook's grid, `[cells]`. */
  readonly cells: Float64Array;
  /** What is true of each cell, and how the model's own depth is brought to it; absent without a truth. */
  readonly truth?: CleanTruth | undefined;
}

interface CleanTruth {
  /** Metres, `[cells]`, NaN where unknown. */
  readonly depth: Float64Array;
  /** Fitted on the clean prediction, and kept whatever is edited. */
  readonly alignment: Alignment;
  /** The least inverse depth that is true. */
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

/** Where predictions lie over a hook's cells. */
export interface Places {
  /** The cell of each place, `[places]`. */
  readonly cellOf: Uint32Array;
  /** Rows and columns of cells. */
  readonly grid: readonly [rows: number, cols: number];
  /** Whether the numbers are inverse depth. */
  readonly inverse: boolean;
}

/** The places of a prediction over the cells of `hook`: both grids lie over the same part of a picture. */
export function placesOver(
  { layout: { grid } }: Pick<Hook, "layout">,
  { layout: { grid: [height, width] } }: Pick<Hook, "layout">,
  { inverse = false }: Pick<Prediction, "inverse">,
): Places {
  const [rows, cols] = grid;
  const cellOf = Uint32Array.from({ length: height * width }, (_, place) => {
    const [y, x] = [Math.floor(place / width), place % width];
    return Math.floor((y + 0.5) * rows / height) * cols +
      Math.floor((x + 0.5) * cols / width);
  });
  return { cellOf, grid, inverse };
}

/** The mean of a prediction over each cell, `[cells]`; NaN where no place is in one. */
export function meansOfCells(
  says: ArrayLike<number>,
  { cellOf, grid }: Places,
): Float64Array {
  const sums = new Float64Array(grid[0] * grid[1]);
  const counts = new Float64Array(sums.length);
  for (let place = 0; place < cellOf.length; place++) {
    const cell = cellOf[place]!;
    sums[cell]! += says[place]!;
    counts[cell]!++;
  }
  return sums.map((sum, cell) => sum / counts[cell]!);
}

/** A picture as it is: where `truth` is known the model's own depth is aligned with it, here and nowhere else. */
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

/** Inverse depth of each cell, whatever the model says. */
function inverseCells(
  says: ArrayLike<number>,
  places: Places,
): Float64Array {
  if (places.inverse) return meansOfCells(says, places);
  const inverse = Float64Array.from(says, (x) => 1 / Math.max(x, 1e-3));
  return meansOfCells(inverse, places);
}

/** The errors of a prediction, with an alignment that is not its own but that of the clean one. */
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
  // Before the alignment, whose limit makes ties.
  const { spearman } = depthErrors(cells.map((x) => 1 / x), depth);
  return { absRel: abs_rel, delta1, spearman };
}

/** Writes what an edit of one picture does into `to`. */
export function addEffect(
  to: Effects,
  condition: Condition,
  picture: number,
  says: Float32Array,
  clean: CleanPicture,
  places: Places,
): void {
  const { cellOf, grid } = places;
  const edited = new Uint8Array(grid[0] * grid[1]);
  for (const cell of Array.from(condition.own?.(picture) ?? [])) {
    edited[cell] = 1;
  }
  const sums = new Float64Array(9);
  for (let place = 0; place < says.length; place++) {
    const change = says[place]! - clean.says[place]!, size = Math.abs(change);
    const part = edited[cellOf[place]!] ? 3 : 6;
    sums[0]! += size;
    sums[1]! += change * change;
    sums[2]! += change;
    sums[part]! += size;
    sums[part + 1]! += change;
    sums[part + 2]!++;
  }
  sums.forEach((sum, i) => to[fields[i]!][picture] = sum);
  addTruth(to, picture, says, clean, places);
  if (condition.hoped) {
    addMoved(to, condition.hoped(picture), picture, says, clean, places);
  }
}

function addTruth(
  to: Effects,
  picture: number,
  says: Float32Array,
  { truth }: CleanPicture,
  places: Places,
): void {
  const found = truth && truthErrors(says, places, truth);
  for (const name of ["absRel", "delta1", "spearman"] as const) {
    to[name][picture] = found ? found[name] - truth.errors[name] : NaN;
  }
}

function addMoved(
  to: Effects,
  hoped: Float64Array,
  picture: number,
  says: Float32Array,
  clean: CleanPicture,
  places: Places,
): void {
  let moved = 0, all = 0;
  meansOfCells(says, places).forEach((cell, i) => {
    moved += (cell - clean.cells[i]!) * hoped[i]!;
    all += hoped[i]! ** 2;
  });
  to.moved[picture] = moved;
  to.hoped[picture] = all;
}

/** The mean of what is known; NaN of nothing. */
export function meanKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}
