/**
 * Which latents fire in a picture, and where.
 *
 * @module
 */
import type { PatchLatents } from "./live_model.ts";

/** A latent that fires. */
export interface Firing {
  /** The latent. */
  readonly latent: number;
  /** Its value. */
  readonly value: number;
}

/** A latent that fires somewhere in a picture. */
export interface PictureLatent extends Firing {
  /** Patches on which it fires. */
  readonly patches: number;
  /** The patch where it is largest. */
  readonly patch: number;
}

/** The latents of a patch, the strongest first. */
export function patchFirings(
  { codes: { offsets, latents, values } }: Pick<PatchLatents, "codes">,
  patch: number,
): Firing[] {
  const found: Firing[] = [];
  for (let i = offsets[patch]!; i < offsets[patch + 1]!; i++) {
    found.push({ latent: latents[i]!, value: values[i]! });
  }
  return found.sort((a, b) => b.value - a.value);
}

/** The latents of a picture: each with its largest value, the strongest first. */
export function pictureLatents(
  { codes: { shape: [rows], offsets, latents, values } }: Pick<
    PatchLatents,
    "codes"
  >,
): PictureLatent[] {
  const found = new Map<
    number,
    { value: number; patches: number; patch: number }
  >();
  for (let patch = 0; patch < rows; patch++) {
    for (let i = offsets[patch]!; i < offsets[patch + 1]!; i++) {
      const value = values[i]!;
      const one = found.get(latents[i]!);
      if (!one) found.set(latents[i]!, { value, patches: 1, patch });
      else {
        one.patches++;
        if (value > one.value) Object.assign(one, { value, patch });
      }
    }
  }
  return [...found].map(([latent, rest]) => ({ latent, ...rest }))
    .sort((a, b) => b.value - a.value || a.latent - b.latent);
}

/** The value of one latent at every patch: 0 where it does not fire. */
export function latentMap(
  { codes: { shape: [rows], offsets, latents, values } }: Pick<
    PatchLatents,
    "codes"
  >,
  latent: number,
): Float32Array {
  const map = new Float32Array(rows);
  for (let patch = 0; patch < rows; patch++) {
    for (let i = offsets[patch]!; i < offsets[patch + 1]!; i++) {
      if (latents[i] === latent) map[patch] = values[i]!;
    }
  }
  return map;
}
