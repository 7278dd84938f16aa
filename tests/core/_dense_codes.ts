/**
 * Codes as dense rows, for brute-force checks.
 *
 * @module
 */
import { type HostCodes, randomFrom } from "tessera";

/** `[rows][dSae]`, 0 where a latent does not fire. */
type DenseCodes = readonly (readonly number[])[];

/** Rows in which about `share` of the latents fire, with few distinct values so that ties are common. */
export function denseCodes(
  rows: number,
  dSae: number,
  { share = 0.2, seed = 1, values = 8 } = {},
): DenseCodes {
  const random = randomFrom(seed);
  return Array.from(
    { length: rows },
    () =>
      Array.from(
        { length: dSae },
        // Values span several octaves; the last latent never fires.
        (_, latent) =>
          latent === dSae - 1 || random.next() > share
            ? 0
            : Math.fround(0.013 * 3 ** random.integer(values)),
      ),
  );
}

/** Dense rows as codes. */
export function sparse(dense: DenseCodes, dSae: number): HostCodes {
  const offsets = [0], latents: number[] = [], values: number[] = [];
  for (const row of dense) {
    row.forEach((value, latent) => {
      if (value === 0) return;
      latents.push(latent);
      values.push(value);
    });
    offsets.push(latents.length);
  }
  return {
    shape: [dense.length, dSae],
    offsets: Uint32Array.from(offsets),
    latents: Uint32Array.from(latents),
    values: Float32Array.from(values),
  };
}
