/**
 * Sums of features and targets for each cell, to which features of the cell's
 * place can be added afterwards.
 *
 * @module
 */

/** Sums over pictures, for each cell of a grid. */
export interface CellSums {
  /** Features of a row. */
  readonly width: number;
  /** Targets of a row. */
  readonly targets: number;
  /** Rows, `[cells]`. */
  readonly count: Float64Array;
  /** Sums of the features, `[cells, width]`. */
  readonly x: Float64Array;
  /** Sums of the targets, `[cells, targets]`. */
  readonly y: Float64Array;
}

/** The sums of no rows. */
export function cellSums(
  cells: number,
  width: number,
  targets: number,
): CellSums {
  return {
    width,
    targets,
    count: new Float64Array(cells),
    x: new Float64Array(cells * width),
    y: new Float64Array(cells * targets),
  };
}

/** Adds rows `x`, `[cells, width]`, and `y`, `[cells, targets]`, of these cells. */
export function addToCells(
  sums: CellSums,
  cells: readonly number[],
  x: Float32Array,
  y: Float64Array,
): void {
  const { width, targets } = sums;
  cells.forEach((cell, row) => {
    sums.count[cell]!++;
    addTo(sums.x, cell * width, x, row * width, width);
    addTo(sums.y, cell * targets, y, row * targets, targets);
  });
}

function addTo(
  to: Float64Array,
  at: number,
  from: Float32Array | Float64Array,
  start: number,
  length: number,
): void {
  for (let i = 0; i < length; i++) to[at + i]! += from[start + i]!;
}

/** Adds `from` to `to`, `times` over. Returns `to`. */
export function addCellSums(
  to: CellSums,
  from: CellSums,
  times = 1,
): CellSums {
  for (const part of ["count", "x", "y"] as const) {
    const [a, b] = [to[part], from[part]];
    for (let i = 0; i < a.length; i++) a[i]! += times * b[i]!;
  }
  return to;
}
