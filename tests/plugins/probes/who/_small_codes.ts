/**
 * Patches and activations small enough to work everything out with plain loops.
 *
 * @module
 */
import { randomFrom } from "tessera";
import {
  byLatent,
  type LatentEntries,
} from "../../../../plugins/probes/study/latent_entries.ts";
import { depthWords } from "../../../../plugins/probes/depth/study/depth_target.ts";
import type { TargetPatches } from "../../../../plugins/probes/study/read_codes.ts";

/** Pictures, cells, latents. */
export const pictures = 14, cells = 6, dSae = 5;

/** Pictures two by two in clusters. */
export const clusters: Uint32Array = Uint32Array.from(
  { length: pictures },
  (_, picture) => picture >> 1,
);

/** Patches with the given depth at each: `[pictures · cells]`. */
export function patchesOf(target: Float64Array): TargetPatches {
  return {
    words: depthWords(true),
    target,
    cells,
    pictures: Uint32Array.from({ length: pictures }, (_, i) => i),
    clusters,
  };
}

/** Depth with ties, decided by the cell in part; `unknown` is the share that is NaN. */
export function someDepth(unknown: number): Float64Array {
  const random = randomFrom(1);
  return Float64Array.from({ length: pictures * cells }, (_, patch) => {
    const value = Math.round(4 * random.normal() + patch % cells) / 4;
    return random.next() < unknown ? NaN : value;
  });
}

/** Activations `[patches][dSae]` with zeros and ties; the last latent never fires. */
export function someActivations(): number[][] {
  const random = randomFrom(2);
  return Array.from(
    { length: pictures * cells },
    (_, patch) =>
      Array.from({ length: dSae }, (_, latent) => {
        if (latent === dSae - 1) return 0;
        const value = random.normal() + 0.3 * latent * (patch % cells - 3);
        return Math.max(0, Math.round(4 * value) / 4);
      }),
  );
}

/** Dense activations as a dictionary's codes. */
export function codesOf(dense: readonly (readonly number[])[]): LatentEntries {
  const offsets = [0], latents: number[] = [], values: number[] = [];
  for (const row of dense) {
    row.forEach((value, latent) => {
      if (value === 0) return;
      latents.push(latent);
      values.push(value);
    });
    offsets.push(latents.length);
  }
  const width = dense[0]!.length;
  return byLatent([{
    shape: [dense.length, width],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: Float32Array.from(values),
  }], width);
}

/** One number for each patch whose depth is known, with that depth and its cell. */
export interface Known {
  /** The activation. */
  readonly a: number;
  /** The depth. */
  readonly d: number;
  /** The cell. */
  readonly cell: number;
  /** The cluster. */
  readonly cluster: number;
}

/** The patches whose depth is known, with the activations of one latent. */
export function knownOf(
  dense: readonly (readonly number[])[],
  target: Float64Array,
  latent: number,
): Known[] {
  return dense.map((row, patch) => ({
    a: row[latent]!,
    d: target[patch]!,
    cell: patch % cells,
    cluster: clusters[Math.floor(patch / cells)]!,
  })).filter(({ d }) => !Number.isNaN(d));
}
