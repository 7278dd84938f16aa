/**
 * Sums over patches and their reconstructions, from which all measures follow.
 *
 * @module
 */
import type { HostCodes } from "../../../mod.ts";

/** Patches of whole pictures, and what a dictionary makes of them. */
export interface Reconstructed {
  /** The patches, `[pictures · places, width]`. */
  readonly x: Float32Array;
  /** Their reconstructions, alike. */
  readonly xHat: Float32Array;
  /** Their codes. */
  readonly codes: HostCodes;
}

/**
 * Sums of squares about a fixed point, which keeps them small where the mean is
 * large: of pictures, or of places of the grid.
 */
interface Squares {
  /** `Σ‖x − x̂‖²` */
  readonly error: number[];
  /** `Σ‖x − o‖²` */
  readonly squares: number[];
  /** `Σ(x − o)` */
  readonly sums: Float64Array[];
}

/** Sums over the patches of some pictures. */
export interface PatchSums {
  /** Length of a patch's activation. */
  readonly width: number;
  /** Patches of a picture. */
  readonly places: number;
  /** The point `o` that sums are taken about: the first patch. */
  readonly about: Float64Array;
  /** Sums of each picture. */
  readonly pictures: Squares;
  /** Sums of each place of the grid, `[places]`. */
  readonly grid: Squares;
  /** The sum of the cosines of `x` and `x̂`, of each picture. */
  readonly cosines: number[];
  /** Codes of each picture. */
  readonly entries: number[];
  /** Patches on which each latent fires, `[dSae]`. */
  readonly fired: Float64Array;
}

/** No patch yet. */
export function patchSums(
  width: number,
  places: number,
  dSae: number,
): PatchSums {
  const sums = Array.from({ length: places }, () => new Float64Array(width));
  return {
    width,
    places,
    about: new Float64Array(width),
    pictures: { error: [], squares: [], sums: [] },
    grid: {
      error: new Array(places).fill(0),
      squares: new Array(places).fill(0),
      sums,
    },
    cosines: [],
    entries: [],
    fired: new Float64Array(dSae),
  };
}

/** Adds the patches of whole pictures. */
export function addPatches(
  to: PatchSums,
  { x, xHat, codes }: Reconstructed,
): void {
  const { width, places, pictures, about } = to;
  if (pictures.error.length === 0) about.set(x.subarray(0, width));
  const rows = x.length / width;
  for (let row = 0; row < rows; row++) {
    if (row % places === 0) {
      pictures.error.push(0);
      pictures.squares.push(0);
      pictures.sums.push(new Float64Array(width));
      to.cosines.push(0);
      to.entries.push(0);
    }
    const picture = pictures.error.length - 1, at = row * width;
    addPatch(to, picture, row % places, {
      x: x.subarray(at, at + width),
      xHat: xHat.subarray(at, at + width),
    });
    to.entries[picture]! += codes.offsets[row + 1]! - codes.offsets[row]!;
  }
  for (const latent of codes.latents) to.fired[latent]!++;
}

function addPatch(
  { about, pictures, grid, cosines }: PatchSums,
  picture: number,
  place: number,
  { x, xHat }: Pick<Reconstructed, "x" | "xHat">,
): void {
  const [ofPicture, ofPlace] = [pictures.sums[picture]!, grid.sums[place]!];
  let error = 0, squares = 0, xx = 0, yy = 0, xy = 0;
  for (let d = 0; d < x.length; d++) {
    const [a, b] = [x[d]!, xHat[d]!], centred = a - about[d]!;
    error += (a - b) ** 2;
    squares += centred * centred;
    xx += a * a;
    yy += b * b;
    xy += a * b;
    ofPicture[d]! += centred;
    ofPlace[d]! += centred;
  }
  pictures.error[picture]! += error;
  pictures.squares[picture]! += squares;
  grid.error[place]! += error;
  grid.squares[place]! += squares;
  // A patch of zeros points nowhere: it is like nothing.
  cosines[picture]! += xx * yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}

/** The FVU of pictures, each counted as often as `times` says. */
export function fvuOf(
  { pictures: { error, squares, sums }, places, width }: PatchSums,
  times: ArrayLike<number>,
): number {
  let errors = 0, all = 0, patches = 0;
  const total = new Float64Array(width);
  for (let i = 0; i < error.length; i++) {
    const often = times[i]!, sum = sums[i]!;
    if (often === 0) continue;
    errors += often * error[i]!;
    all += often * squares[i]!;
    patches += often * places;
    for (let d = 0; d < width; d++) total[d]! += often * sum[d]!;
  }
  const offset = total.reduce((sum, x) => sum + x * x, 0) / patches;
  return errors / (all - offset);
}

/** The mean patch, `[width]`. */
export function meanPatch(
  { pictures, places, about }: PatchSums,
): Float64Array {
  const patches = pictures.sums.length * places;
  return about.map((o, d) =>
    o + pictures.sums.reduce((sum, each) => sum + each[d]!, 0) / patches
  );
}

/**
 * At each place of the grid `Σ‖x − x̂‖² / Σ‖x − μ‖²`, `μ` being the mean of the
 * patches at all places: errors count for as much here as they do in the FVU of
 * all, and a place whose patches are always alike but unusual is easy.
 */
export function fvuByPlace(sums: PatchSums): Float64Array {
  const { about, grid, pictures: { error } } = sums;
  const mean = meanPatch(sums).map((value, d) => value - about[d]!);
  const length = mean.reduce((sum, x) => sum + x * x, 0);
  return Float64Array.from(grid.error, (errors, place) => {
    const own = grid.sums[place]!;
    const along = own.reduce((sum, x, d) => sum + x * mean[d]!, 0);
    const variance = grid.squares[place]! - 2 * along + error.length * length;
    return errors / variance;
  });
}
