/**
 * Latents and where they fire in, edits of what they add to patches out.
 *
 * @module
 */
import {
  addDirection,
  cellsOf,
  type Hook,
  type HostTensor,
} from "../../../../mod.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import type { Condition } from "./condition.ts";
import { firingIn } from "./gather.ts";

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
 * Ablation: what the latents add is taken away where they fire, all else of a
 * patch stays, what the dictionary misses of it too. It is `splice` with
 * `keepError` and `ablateLatents`, from codes that are known already.
 */
export function ablation(
  input: LatentEditsInput,
  latents: readonly number[],
): Condition {
  const { hook: { layout: { specials, grid } }, codes } = input;
  const cells = grid[0] * grid[1];
  const firing = (latent: number, picture: number) =>
    firingIn(codes, cells, latent, picture);
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
          subtract(data, (specials + cell) * row.length, row, values[i]!)
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
