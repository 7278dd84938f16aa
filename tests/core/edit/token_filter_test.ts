/** Tests of filters of tokens. @module */
import { deepEqual, throws } from "node:assert/strict";
import {
  type CellRect,
  cellsOf,
  patchesOf,
  type TokenFilter,
} from "../../../core/edit/token_filter.ts";

const hook = {
  name: "blocks.1.resid_post",
  layout: { specials: 2, grid: [3, 4] },
} as const;

/** The tokens of the second picture that are chosen. */
function chosen(where: TokenFilter): number[] {
  return Array.from({ length: 14 }, (_, token) => token)
    .filter((token) => where(1, token));
}

Deno.test("patchesOf() chooses every token but the specials", () => {
  deepEqual(chosen(patchesOf(hook)), [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
});

Deno.test("cellsOf() chooses numbered cells from any iterable, read once", () => {
  deepEqual(chosen(cellsOf(hook, [0, 11, 5, 5])), [2, 7, 13]);
  deepEqual(chosen(cellsOf(hook, Uint32Array.of(0, 11))), [2, 13]);
  deepEqual(chosen(cellsOf(hook, new Set([4]).values())), [6]);
  deepEqual(chosen(cellsOf(hook, [])), []);
});

Deno.test("cellsOf() chooses a rectangle, without its far edges", () => {
  const cases: [CellRect, number[]][] = [
    [{ rows: [0, 3], cols: [0, 4] }, chosen(patchesOf(hook))],
    [{ rows: [1, 3], cols: [2, 4] }, [8, 9, 12, 13]],
    [{ rows: [1, 2], cols: [0, 3] }, [6, 7, 8]],
    [{ rows: [1, 1], cols: [0, 4] }, []],
  ];
  for (const [rect, tokens] of cases) {
    deepEqual(chosen(cellsOf(hook, rect)), tokens);
  }
});

Deno.test("cellsOf() gives the size of the grid when a cell is not on it", () => {
  for (const cell of [-1, 12, 1.5, NaN]) {
    throws(() => cellsOf(hook, [0, cell]), (error) => {
      deepEqual(
        (error as RangeError).message,
        `Cannot edit cell ${cell} at "blocks.1.resid_post": its grid is 3 by 4, cells 0 to 11`,
      );
      return error instanceof RangeError;
    });
  }
  const rects: CellRect[] = [
    { rows: [0, 4], cols: [0, 1] },
    { rows: [0, 1], cols: [0, 5] },
    { rows: [-1, 1], cols: [0, 1] },
    { rows: [2, 1], cols: [0, 1] },
    { rows: [0, 1], cols: [3, 2] },
    { rows: [0, 1.5], cols: [0, 1] },
    { rows: [0, 1], cols: [NaN, 1] },
  ];
  for (const rect of rects) {
    throws(() => cellsOf(hook, rect), {
      name: "RangeError",
      message: /^Cannot edit rows .* its grid is 3 by 4$/,
    });
  }
});
