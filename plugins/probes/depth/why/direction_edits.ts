/**
 * A direction in, edits of the one line of the activations along it out.
 *
 * @module
 */
import {
  addDirection,
  cellsOf,
  componentsAlong,
  type Hook,
  patchesOf,
  replaceAlong,
} from "../../../../mod.ts";
import type { Condition } from "./condition.ts";
import { cleanOf, type LiveRef, partnerOf, tokensOf } from "./paused_group.ts";
import { dot } from "./random_directions.ts";

/** `step · direction` is added to every patch. */
export function steeringAll(
  hook: Hook,
  direction: ArrayLike<number>,
  step: number,
): Condition {
  const where = patchesOf(hook);
  return { edit: (x) => addDirection(x, direction, step, { where }) };
}

/** The component of every patch along `direction`, of length 1, becomes that of the mean patch. */
export function projection(
  hook: Hook,
  direction: ArrayLike<number>,
  mean: ArrayLike<number>,
): Condition {
  const where = patchesOf(hook), value = dot(direction, mean);
  return { edit: (x) => replaceAlong(x, direction, value, { where }) };
}

/**
 * Near and far patches of a picture swap their components along `direction`:
 * the third of the cells of which the model says the largest numbers with the
 * third of the smallest, the largest with the smallest.
 */
export function nearFarSwap(
  hook: Hook,
  direction: ArrayLike<number>,
  live: LiveRef,
): Condition {
  const { specials } = hook.layout;
  return {
    own: (picture) => [...nearFarPairs(cleanOf(live, picture).cells).keys()],
    hoped(picture) {
      const { cells } = cleanOf(live, picture), pairs = nearFarPairs(cells);
      return cells.map((own, cell) => cells[pairs.get(cell) ?? cell]! - own);
    },
    edit(x, picture) {
      const pairs = nearFarPairs(cleanOf(live, picture).cells);
      const along = componentsAlong(x, direction), values = along.slice();
      for (const [cell, other] of pairs) {
        values[specials + cell] = along[specials + other]!;
      }
      const where = cellsOf(hook, pairs.keys());
      return replaceAlong(x, direction, values, { where });
    },
  };
}

/** Which cell each of the nearest and the farthest third swaps with. */
export function nearFarPairs(cells: Float64Array): Map<number, number> {
  const order = [...cells.keys()].filter((cell) => !Number.isNaN(cells[cell]))
    .sort((a, b) => cells[a]! - cells[b]! || a - b);
  const third = Math.floor(order.length / 3);
  return new Map(
    Array.from({ length: third }, (_, i) => [order[i]!, order.at(-1 - i)!])
      .flatMap(([a, b]) => [[a!, b!], [b!, a!]]),
  );
}

/** Every patch has the component along `direction` of the patch at its place in another picture. */
export function pictureSwap(
  hook: Hook,
  direction: ArrayLike<number>,
  live: LiveRef,
): Condition {
  const where = patchesOf(hook);
  return {
    hoped(picture) {
      const { cells } = cleanOf(live, partnerOf(live, picture));
      return cleanOf(live, picture).cells.map((own, cell) =>
        cells[cell]! - own
      );
    },
    edit(x, picture) {
      const partner = partnerOf(live, picture);
      if (partner === picture) return undefined;
      const values = componentsAlong(tokensOf(live, partner), direction);
      return replaceAlong(x, direction, values, { where });
    },
  };
}
