/**
 * Adds features of the cells' places to sums of rows.
 *
 * @module
 */
import {
  meansOf,
  type NormalSums,
  normalSums,
  type Rows,
  type TokenLayout,
} from "../../../mod.ts";
import type { FoldSums } from "./fold_sums.ts";

/** Features of each cell's place, `[cells, width]`. */
export type Places = Rows;

/**
 * What the place of a cell alone can say: row, column, their squares and their
 * product, and for each of the first `maps` targets the mean of that cell over
 * the pictures summed in `learned`.
 */
export function placesOf(
  [rows, cols]: TokenLayout["grid"],
  { rows: sums, cells }: FoldSums,
  maps: number,
): Places {
  const width = 5 + maps, data = new Float64Array(rows * cols * width);
  const { width: features, targets } = sums, size = features + targets + 1;
  const overall = meansOf(sums).slice(features, features + maps);
  const along = (i: number, n: number) => n > 1 ? 2 * i / (n - 1) - 1 : 0;
  for (let cell = 0; cell < rows * cols; cell++) {
    const row = along(Math.floor(cell / cols), rows);
    const col = along(cell % cols, cols), own = cell * size;
    const n = cells[own + size - 1]!;
    const means = overall.map((mean, t) =>
      n > 0 ? cells[own + features + t]! / n : mean || 0
    );
    data.set(
      [row, col, row * row, col * col, row * col, ...means],
      cell * width,
    );
  }
  return { width, data };
}

/**
 * The sums of rows whose features are those of `sums`, then those of their
 * cells' places, and whose targets are the first `targets`.
 */
export function withPlaces(
  { rows, cells }: FoldSums,
  places: Places,
  targets: number,
): NormalSums {
  const { width } = rows, joined = normalSums(width + places.width, targets);
  const size = joined.width + targets + 1, before = width + rows.targets + 1;
  // Which columns of the old sums are kept, and where: features, targets and 1.
  const kept = Uint32Array.from(
    { length: width + targets + 1 },
    (_, i) => i < width + targets ? i : before - 1,
  );
  const to = kept.map((_, i) => i < width ? i : places.width + i);
  kept.forEach((a, i) =>
    kept.forEach((b, j) =>
      joined.gram[to[i]! * size + to[j]!] = rows.gram[a * before + b]!
    )
  );
  const found = new Float64Array(size);
  for (let p = 0; p < places.width; p++) {
    found.fill(0);
    for (let own = 0, at = 0; own < cells.length; own += before) {
      const n = cells[own + before - 1]!, place = places.data[at + p]!;
      // The place is the same for all rows of a cell.
      for (let i = 0; n > 0 && i < kept.length; i++) {
        found[to[i]!]! += place * cells[own + kept[i]!]!;
      }
      for (let q = 0; n > 0 && q < places.width; q++) {
        found[width + q]! += place * n * places.data[at + q]!;
      }
      at += places.width;
    }
    found.forEach((sum, i) => {
      joined.gram[(width + p) * size + i] = sum;
      joined.gram[i * size + width + p] = sum;
    });
  }
  return joined;
}
