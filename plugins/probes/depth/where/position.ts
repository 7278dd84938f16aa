/**
 * Adds features of the cells' places to sums of rows.
 *
 * @module
 */
import {
  type NormalSums,
  normalSums,
  type TokenLayout,
} from "../../../../mod.ts";
import type { CellSums } from "./cell_sums.ts";

/** Features of each cell's place. */
export interface Places {
  /** How many there are. */
  readonly width: number;
  /** `[cells, width]`. */
  readonly data: Float64Array;
}

/**
 * What the place of a cell alone can say: row, column, their squares and their
 * product, and for each of the first `maps` targets the mean of that cell over
 * the pictures summed in `learned`.
 */
export function placesOf(
  [rows, cols]: TokenLayout["grid"],
  learned: CellSums,
  maps: number,
): Places {
  const width = 5 + maps, data = new Float64Array(rows * cols * width);
  const overall = Array.from({ length: maps }, (_, t) => meanOf(learned, t));
  const along = (i: number, n: number) => n > 1 ? 2 * i / (n - 1) - 1 : 0;
  for (let cell = 0; cell < rows * cols; cell++) {
    const row = along(Math.floor(cell / cols), rows);
    const col = along(cell % cols, cols), n = learned.count[cell]!;
    const means = overall.map((mean, t) =>
      n > 0 ? learned.y[cell * learned.targets + t]! / n : mean
    );
    data.set(
      [row, col, row * row, col * col, row * col, ...means],
      cell * width,
    );
  }
  return { width, data };
}

function meanOf({ count, y, targets }: CellSums, target: number): number {
  let sum = 0, n = 0;
  for (let cell = 0; cell < count.length; cell++) {
    sum += y[cell * targets + target]!;
    n += count[cell]!;
  }
  return n > 0 ? sum / n : 0;
}

/**
 * The sums of rows whose features are those of `sums`, then those of their
 * cells' places, and whose targets are the first `targets`.
 */
export function withPlaces(
  sums: NormalSums,
  cells: CellSums,
  places: Places,
  targets: number,
): NormalSums {
  const joined = normalSums(sums.width + places.width, targets);
  // Where each row of the old sums is in the new ones; the last is that of 1.
  const kept = [
    ...Array.from({ length: sums.width }, (_, d) => [d, d] as const),
    ...Array.from(
      { length: targets },
      (_, t) => [sums.width + t, joined.width + t] as const,
    ),
    [sums.width + sums.targets, joined.width + targets] as const,
  ];
  const from = sums.width + sums.targets + 1;
  const size = joined.width + targets + 1;
  for (const [a, i] of kept) {
    for (const [b, j] of kept) {
      joined.gram[i * size + j] = sums.gram[a * from + b]!;
    }
  }
  addCrossSums(joined, sums.width, cells, places);
  return joined;
}

/** Adds the products of places with features, targets, 1 and each other; they are the same for all rows of a cell. */
function addCrossSums(
  { gram, width, targets }: NormalSums,
  first: number,
  cells: CellSums,
  places: Places,
): void {
  const size = width + targets + 1, found = new Float64Array(size);
  for (let p = 0; p < places.width; p++) {
    found.fill(0);
    for (let cell = 0; cell < cells.count.length; cell++) {
      const n = cells.count[cell]!;
      if (n === 0) continue;
      const place = places.data[cell * places.width + p]!;
      for (let d = 0; d < first; d++) {
        found[d]! += place * cells.x[cell * first + d]!;
      }
      for (let q = 0; q < places.width; q++) {
        found[first + q]! += place * n * places.data[cell * places.width + q]!;
      }
      for (let t = 0; t < targets; t++) {
        found[width + t]! += place * cells.y[cell * cells.targets + t]!;
      }
      found[size - 1]! += place * n;
    }
    for (let i = 0; i < size; i++) {
      gram[(first + p) * size + i] = gram[i * size + first + p] = found[i]!;
    }
  }
}
