/**
 * The sums of each source over each fold of the pictures that are fitted on.
 *
 * @module
 */
import {
  addRows,
  addSums,
  normalSums,
  type RowProducts,
  sizeOf,
} from "../../../mod.ts";
import { joined } from "../study/joined.ts";
import type { Study } from "../study/study.ts";
import type { EncodedPictures } from "../study/target.ts";
import type { PictureCells } from "./columns.ts";
import { pass, type Reader } from "./read_cells.ts";
import { gridOf, type Source } from "./sources.ts";

/** Sums over rows, and over those of each cell. */
export type FoldSums = ReturnType<typeof foldSums>;

/** The sums of no rows of a source. */
export function foldSums({ width, layout }: Source, targets: number) {
  return {
    /** Over all rows. */
    rows: normalSums(width, targets),
    /** Sums of the features, the targets and 1 over the rows of each cell: `[cells, width + targets + 1]`. */
    cells: new Float64Array(sizeOf(layout.grid) * (width + targets + 1)),
    /** Pictures of which a cell was known. */
    pictures: 0,
  };
}

/** Adds `from` to `to`, `times` over. Returns `to`. */
export function addFold(to: FoldSums, from: FoldSums, times = 1): FoldSums {
  addSums(to.rows, from.rows, times);
  from.cells.forEach((sum, i) => to.cells[i]! += times * sum);
  to.pictures += times * from.pictures;
  return to;
}

/** For each source of `reader`, its sums over each fold of the study. */
export async function sumFolds(
  study: Study,
  reader: Reader,
): Promise<FoldSums[][]> {
  const { folds } = study.split, { sources, columns, products } = reader;
  const foldOf = new Map(
    folds.flatMap((fold, f) => [...fold].map((index) => [index, f])),
  );
  const sums = sources.map((source) =>
    folds.map(() => foldSums(source, columns.length))
  );
  const indices = Uint32Array.from(folds.flatMap((fold) => [...fold]));
  for await (const { group, cells } of pass(study, indices, reader)) {
    for (const [s, source] of sources.entries()) {
      const pictures = cells.get(gridOf(source.layout))!;
      for (const [f, into] of sums[s]!.entries()) {
        const own = [...pictures.keys()]
          .filter((at) => foldOf.get(pictures[at]!.index) === f);
        await addPictures(into, source, group, pictures, own, products);
      }
    }
  }
  return sums;
}

/** Adds the pictures at `places` of a group: one product for all of them. */
async function addPictures(
  sums: FoldSums,
  source: Source,
  group: EncodedPictures,
  pictures: readonly PictureCells[],
  places: readonly number[],
  products: RowProducts,
): Promise<void> {
  const found = places.map((at) => {
    const { cells, y } = pictures[at]!;
    const x = source.rows(group, at, pictures[at]!);
    addToCells(sums, cells, x, y);
    sums.pictures += Number(cells.length > 0);
    return { x, y };
  });
  const x = joined(Float32Array, found.map(({ x }) => x));
  const y = joined(Float64Array, found.map(({ y }) => y));
  await addRows(sums.rows, products, x, y);
  // Left to the garbage collector, copies of tokens would be most of its work.
  for (const rows of new Set([x, ...found.map(({ x }) => x)])) {
    (rows.buffer as ArrayBuffer).transfer(0);
  }
}

/** Adds rows `x`, `[cells, width]`, and `y`, `[cells, targets]`, of these cells. */
function addToCells(
  { rows: { width, targets }, cells: sums }: FoldSums,
  cells: readonly number[],
  x: Float32Array,
  y: Float64Array,
): void {
  const size = width + targets + 1;
  cells.forEach((cell, row) => {
    const own = cell * size;
    for (let d = 0; d < width; d++) sums[own + d]! += x[row * width + d]!;
    for (let t = 0; t < targets; t++) {
      sums[own + width + t]! += y[row * targets + t]!;
    }
    sums[own + size - 1]!++;
  });
}
