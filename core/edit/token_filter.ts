/**
 * Chooses which tokens an edit changes.
 *
 * @module
 */
import type { Hook } from "../encoder.ts";

/**
 * Whether a token is edited: `image` is its picture's index in the activations,
 * `token` its own index in the picture, specials first.
 */
export type TokenFilter = (image: number, token: number) => boolean;

/** Options of every edit. */
export interface EditOptions {
  /** Which tokens are edited; all when absent. */
  readonly where?: TokenFilter | undefined;
}

/** A rectangle of cells of a hook's grid; the ends of ranges are exclusive. */
export interface CellRect {
  /** Rows, from the top. */
  readonly rows: readonly [from: number, to: number];
  /** Columns, from the left. */
  readonly cols: readonly [from: number, to: number];
}

/**
 * Chooses every patch of every picture, and no special token.
 *
 * @example
 * ```ts
 * import { patchesOf } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const layout = { specials: 1, grid: [1, 2] } as const;
 * const where = patchesOf({ layout });
 * deepEqual([0, 1, 2].map((token) => where(0, token)), [false, true, true]);
 * ```
 */
export function patchesOf({ layout }: Pick<Hook, "layout">): TokenFilter {
  return (_, token) => token >= layout.specials;
}

/**
 * Chooses cells of every picture: a rectangle of the hook's grid, or cells by
 * number, `row · cols + col`.
 *
 * @throws {RangeError} When a cell is not on the grid.
 *
 * @example The lower right cell of two by two, after one special token
 * ```ts
 * import { cellsOf } from "tessera";
 * import { equal } from "node:assert/strict";
 *
 * const hook = { name: "blocks.0.resid_post", layout: { specials: 1, grid: [2, 2] } } as const;
 * const where = cellsOf(hook, { rows: [1, 2], cols: [1, 2] });
 * equal(where(0, 4), true);
 * equal(where(0, 3), false);
 * equal(cellsOf(hook, [3])(0, 4), true);
 * ```
 */
export function cellsOf(
  hook: Pick<Hook, "name" | "layout">,
  cells: CellRect | Iterable<number>,
): TokenFilter {
  const { specials, grid: [rows, cols] } = hook.layout;
  const numbered = "rows" in cells ? cellsIn(cells, hook) : [...cells];
  const astray = numbered.find((cell) => !within(cell, 0, rows * cols - 1));
  if (astray !== undefined) {
    throw new RangeError(
      `Cannot edit cell ${astray} at "${hook.name}": its grid is ${rows} by ${cols}, cells 0 to ${
        rows * cols - 1
      }`,
    );
  }
  const tokens = new Set(numbered.map((cell) => specials + cell));
  return (_, token) => tokens.has(token);
}

/** The numbers of the cells in a rectangle. */
function cellsIn(
  { rows: [top, bottom], cols: [left, right] }: CellRect,
  { name, layout: { grid: [rows, cols] } }: Pick<Hook, "name" | "layout">,
): number[] {
  const fits = within(top, 0, bottom) && within(bottom, top, rows) &&
    within(left, 0, right) && within(right, left, cols);
  if (!fits) {
    throw new RangeError(
      `Cannot edit rows ${top} to ${bottom}, columns ${left} to ${right} at "${name}": its grid is ${rows} by ${cols}`,
    );
  }
  return Array.from({ length: (bottom - top) * (right - left) }, (_, i) => {
    const row = top + Math.floor(i / (right - left));
    return row * cols + left + i % (right - left);
  });
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
