/**
 * The pictures that show a latent.
 *
 * @module
 */
import type { Exemplars } from "../../../core/latents/exemplars.ts";
import type { RunIndex } from "./run_store.ts";

/** A picture that shows a latent. */
export interface Exemplar {
  /** Its index in the dataset. */
  readonly example: number;
  /** The patch that shows the latent most. */
  readonly token: number;
  /** The value there. */
  readonly value: number;
  /** Values at every patch, row by row; 255 stands for `value`. */
  readonly map: Uint8Array;
}

/** At most `count` pictures of a latent, `top` or `chance`, the largest value first. */
export async function latentExemplars(
  { index }: RunIndex,
  of: "top" | "chance",
  latent: number,
  count: number = Infinity,
): Promise<Exemplar[]> {
  const found = filled(index[of], latent).slice(0, count);
  if (found.length === 0) return [];
  const { grid } = index.info, tokens = grid[0] * grid[1];
  const maps = await index.maps(of, latent);
  return found.map(({ slot, ...rest }) => ({
    ...rest,
    map: maps.subarray(slot * tokens, (slot + 1) * tokens),
  }));
}

/** The slots of a latent that hold a picture, without their maps. */
export function filled(
  { slots, example, token, value }: Exemplars,
  latent: number,
): { slot: number; example: number; token: number; value: number }[] {
  return Array.from({ length: slots }, (_, slot) => {
    const at = latent * slots + slot;
    return {
      slot,
      example: example[at]!,
      token: token[at]!,
      value: value[at]!,
    };
  }).filter((one) => one.example >= 0);
}
