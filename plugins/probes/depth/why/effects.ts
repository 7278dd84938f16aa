/**
 * How far a prediction with an edit is from the one without, summed over the
 * places of each picture.
 *
 * @module
 */
import { type CleanPicture, truthErrors } from "./clean_picture.ts";
import type { Condition } from "./condition.ts";
import { meansOfCells, type Places } from "./places.ts";

/** The numbers of each picture. */
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

type Field = (typeof fields)[number];

/**
 * Sums over the places of each picture, `[pictures]`, where `Δ` is the change of
 * the prediction: `absolute` of |Δ|, `squared` of Δ², `signed` of Δ, and the same
 * `inside` the edited cells and `outside` of them. Then the changes of the errors
 * against the truth, NaN where it is not known. Last, over cells, `moved` is the
 * sum of Δ · hoped and `hoped` that of hoped².
 */
export type Effects = Readonly<Record<Field, Float64Array>>;

/** No effects: those of an edit before it is made. */
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

/** Writes the effects of an edit of one picture into `to`. */
export function addEffect(
  to: Effects,
  condition: Condition,
  picture: number,
  says: Float32Array,
  clean: CleanPicture,
  places: Places,
): void {
  const own = Array.from(condition.own?.(picture) ?? []);
  const found = {
    ...sumsOfChanges(says, clean.says, own, places),
    ...changesOfErrors(says, clean, places),
    ...condition.hoped &&
      movedBy(meansOfCells(says, places), clean, condition.hoped(picture)),
  };
  for (const [name, value] of Object.entries(found)) {
    to[name as Field][picture] = value;
  }
}

type Sums = Partial<Record<Field, number>>;

function sumsOfChanges(
  says: Float32Array,
  clean: Float32Array,
  own: readonly number[],
  { cellOf, grid }: Places,
): Sums {
  const edited = new Uint8Array(grid[0] * grid[1]);
  for (const cell of own) edited[cell] = 1;
  const sums = new Float64Array(9);
  for (let place = 0; place < says.length; place++) {
    const change = says[place]! - clean[place]!, size = Math.abs(change);
    const part = edited[cellOf[place]!] ? 3 : 6;
    sums[0]! += size;
    sums[1]! += change * change;
    sums[2]! += change;
    sums[part]! += size;
    sums[part + 1]! += change;
    sums[part + 2]!++;
  }
  return Object.fromEntries(Array.from(sums, (sum, i) => [fields[i]!, sum]));
}

function changesOfErrors(
  says: Float32Array,
  { truth }: CleanPicture,
  places: Places,
): Sums {
  if (!truth) return { absRel: NaN, delta1: NaN, spearman: NaN };
  const { absRel, delta1, spearman } = truthErrors(says, places, truth);
  return {
    absRel: absRel - truth.errors.absRel,
    delta1: delta1 - truth.errors.delta1,
    spearman: spearman - truth.errors.spearman,
  };
}

function movedBy(
  cells: Float64Array,
  clean: CleanPicture,
  wanted: Float64Array,
): Sums {
  let moved = 0, hoped = 0;
  cells.forEach((cell, i) => {
    moved += (cell - clean.cells[i]!) * wanted[i]!;
    hoped += wanted[i]! ** 2;
  });
  return { moved, hoped };
}

/** The mean of the numbers that are not NaN; NaN without any. */
export function meanKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}
