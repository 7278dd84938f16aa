/**
 * Edits of a picture's tokens at the hook: along a direction, of latents, and
 * of what the dictionary misses.
 *
 * @module
 */
import {
  addDirection,
  cellsOf,
  componentsAlong,
  type Dictionary,
  editTokens,
  type Hook,
  type HostTensor,
  patchesOf,
  randomFrom,
  replaceAlong,
  splice,
} from "../../../../mod.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import type { Condition } from "./condition.ts";
import { firingIn } from "./gather.ts";
import {
  cleanOf,
  type LiveRef,
  once,
  partnerOf,
  tokensOf,
} from "./paused_group.ts";
import { dot } from "./random_directions.ts";

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
 * the third of the cells with the largest predictions with the third with the
 * smallest, the largest with the smallest.
 */
export function nearFarSwap(
  hook: Hook,
  direction: ArrayLike<number>,
  live: LiveRef,
): Condition {
  const { specials } = hook.layout;
  const swapped = (picture: number) => {
    const { cells } = cleanOf(live, picture);
    return { cells, pairs: nearFarPairs(cells) };
  };
  return {
    own: (picture) => [...swapped(picture).pairs.keys()],
    hoped(picture) {
      const { cells, pairs } = swapped(picture);
      return cells.map((own, cell) => cells[pairs.get(cell) ?? cell]! - own);
    },
    edit(x, picture) {
      const { pairs } = swapped(picture);
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

/** Every patch takes the component along `direction` of the same cell's patch in another picture. */
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

/** What edits of latents need. */
export interface LatentEditsInput {
  /** Where latents fire. */
  readonly codes: LatentEntries;
  /** Rows of the decoder, `[dSae, width]`. */
  readonly rows: Float32Array;
  /** Where the dictionary was trained. */
  readonly hook: Hook;
}

/** Row `latent` of the decoder. */
export function rowOf(
  { rows, hook: { width } }: Pick<LatentEditsInput, "rows" | "hook">,
  latent: number,
): Float32Array {
  return rows.subarray(latent * width, (latent + 1) * width);
}

/**
 * Ablation: what the latents add is subtracted where they fire; the rest of a
 * patch stays, with the dictionary's error. It is `splice` with
 * `keepError` and `ablateLatents`, from known codes.
 */
export function ablation(
  input: LatentEditsInput,
  latents: readonly number[],
): Condition {
  const { codes, hook: { width, layout: { specials, grid } } } = input;
  const firing = (latent: number, picture: number) =>
    firingIn(codes, grid[0] * grid[1], latent, picture);
  return {
    own: (picture) =>
      latents.flatMap((latent) => [...firing(latent, picture).cells]),
    edit(x, picture) {
      const data = x.data.slice();
      let isEdited = false;
      for (const latent of latents) {
        const { cells, values } = firing(latent, picture);
        const row = rowOf(input, latent);
        cells.forEach((cell, i) =>
          subtract(data, (specials + cell) * width, row, values[i]!)
        );
        isEdited ||= cells.length > 0;
      }
      return isEdited ? { data, shape: x.shape } : undefined;
    },
  };
}

function subtract(
  data: Float32Array,
  at: number,
  row: Float32Array,
  times: number,
): void {
  for (let d = 0; d < row.length; d++) data[at + d]! -= times * row[d]!;
}

/** Steering: `step · direction` is added to the patches where a latent fires. */
export function steering(
  { codes, hook }: LatentEditsInput,
  latent: number,
  direction: ArrayLike<number>,
  step: number,
): Condition {
  const [rows, cols] = hook.layout.grid;
  const own = (picture: number) =>
    firingIn(codes, rows * cols, latent, picture).cells;
  return {
    own,
    edit(x: HostTensor, picture) {
      const cells = own(picture);
      if (cells.length === 0) return undefined;
      return addDirection(x, direction, step, { where: cellsOf(hook, cells) });
    },
  };
}

/** Every patch becomes its reconstruction. */
export function spliced(
  hook: Hook,
  dictionary: Dictionary,
  live: LiveRef,
): Condition {
  const where = patchesOf(hook);
  return {
    edit: (x, picture) =>
      once(
        live,
        `splice ${picture}`,
        () => splice(x, dictionary, { where }),
      ),
  };
}

/** Every patch is moved in a random direction, as far as `splice` moves it. */
export function gaussianError(
  hook: Hook,
  splice: Condition,
  ...keys: readonly number[]
): Condition {
  const where = patchesOf(hook);
  return {
    async edit(x, picture) {
      const { data } = (await splice.edit(x, picture))!;
      const random = randomFrom(...keys, picture);
      return editTokens(x, { where }, (token, at) => {
        const noise = Float64Array.from(token, () => random.normal());
        const far = distance(token, data.subarray(at, at + token.length));
        const times = far / Math.hypot(...noise);
        for (let d = 0; d < token.length; d++) token[d]! += times * noise[d]!;
      });
    },
  };
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += (a[d]! - b[d]!) ** 2;
  return Math.sqrt(sum);
}
