/**
 * The codes of many patches, latent by latent.
 *
 * @module
 */
import type { HostCodes } from "../../../mod.ts";

/** Where each latent fires, and how strongly. */
export interface LatentEntries {
  /** Number of latents. */
  readonly dSae: number;
  /** Where each latent's entries start, `[dSae + 1]`. */
  readonly starts: Uint32Array;
  /** The patch of each entry, ascending within a latent, `[entries]`. */
  readonly patches: Uint32Array;
  /** The activation of each entry, `[entries]`. */
  readonly values: Float32Array;
}

/** Codes of groups of patches, one after the other, sorted by latent. */
export function byLatent(
  parts: readonly HostCodes[],
  dSae: number,
): LatentEntries {
  const starts = new Uint32Array(dSae + 1);
  for (const { latents } of parts) {
    for (const latent of latents) starts[latent + 1]!++;
  }
  for (let latent = 0; latent < dSae; latent++) {
    starts[latent + 1]! += starts[latent]!;
  }
  const next = starts.slice(), total = starts[dSae]!;
  const patches = new Uint32Array(total), values = new Float32Array(total);
  let first = 0;
  for (const { shape: [rows], offsets, latents, ...codes } of parts) {
    for (let row = 0; row < rows; row++) {
      for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
        const at = next[latents[entry]!]!++;
        patches[at] = first + row;
        values[at] = codes.values[entry]!;
      }
    }
    first += rows;
  }
  return { dSae, starts, patches, values };
}

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

/** The entries whose patch is to be kept. */
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
