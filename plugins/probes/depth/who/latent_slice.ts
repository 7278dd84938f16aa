/**
 * The codes of all latents in, the entries of one out.
 *
 * @module
 */
import type { LatentEntries } from "../study/read_codes.ts";

/** The entries of one latent, in the order of their patches. */
export interface LatentSlice {
  /** The patch of each. */
  readonly patches: Uint32Array;
  /** The picture of that patch. */
  readonly pictures: Uint32Array;
  /** Its cell. */
  readonly cells: Uint32Array;
  /** The activation. */
  readonly values: Float32Array;
}

/** The entries of `latent`, on pictures of `cells` patches. */
export function sliceOf(
  { starts, patches, values }: LatentEntries,
  latent: number,
  cells: number,
): LatentSlice {
  const [start, end] = [starts[latent]!, starts[latent + 1]!];
  const own = patches.subarray(start, end);
  return {
    patches: own,
    pictures: own.map((patch) => Math.floor(patch / cells)),
    cells: own.map((patch) => patch % cells),
    values: values.subarray(start, end),
  };
}

/** Those of the entries whose patch `keep` wants. */
export function filterSlice(
  slice: LatentSlice,
  keep: (patch: number) => boolean,
): LatentSlice {
  if (slice.patches.every(keep)) return slice;
  const kept = (_: number, i: number): boolean => keep(slice.patches[i]!);
  return {
    patches: slice.patches.filter(kept),
    pictures: slice.pictures.filter(kept),
    cells: slice.cells.filter(kept),
    values: slice.values.filter(kept),
  };
}
