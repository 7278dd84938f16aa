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

/**
 * Sums over the places of each picture, `[pictures]`, where `Δ` is the change of
 * the prediction: `absolute` of |Δ|, `squared` of Δ², `signed` of Δ, and the same
 * `inside` the edited cells and `outside` of them. Then the changes of the errors
 * against the truth, NaN where it is not known. Last, over cells, `moved` is the
 * sum of Δ · hoped and `hoped` that of hoped².
 */
export type Effects = Readonly<Record<(typeof fields)[number], Float64Array>>;

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

/** The mean of the numbers that are not NaN; NaN without any. */
export function meanKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}
