/**
 * A number for each patch of some pictures, and the words for it.
 *
 * @module
 */

/** How a target of latents is put into words. */
export interface TargetWords {
  /** Its name, with which the columns of latents begin: `"depth"`. */
  readonly name: string;
  /** Said of patches where it is small: `["near", "nearer"]`. */
  readonly small: readonly [is: string, more: string];
  /** Said of patches where it is large: `["far", "farther"]`. */
  readonly large: readonly [is: string, more: string];
  /** Turns a number on the scale that is measured, or a difference of two, into the one that is shown: `Math.exp` of logarithms. */
  readonly shown: (measured: number) => number;
  /** What is shown, in words: `"in metres"`. */
  readonly scale: string;
  /** Its unit, where it has one: `"metres"`. */
  readonly unit?: string;
  /** A sentence that says whose it is, given of what: `"30 patches of 2 pictures"`. */
  readonly source: (of: string) => string;
}

/** The target on the patches of some pictures; patch `p · cells + c` is the one at cell `c` of picture `p`. */
export interface TargetPatches {
  /** What it is called, and how it is shown. */
  readonly words: TargetWords;
  /** The target, `[pictures · cells]`; NaN where it is not known. */
  readonly target: Float64Array;
  /** Cells of the hook's grid, row by row. */
  readonly cells: number;
  /** Indices of the pictures in the dataset. */
  readonly pictures: Uint32Array;
  /** What a bootstrap or a permutation keeps together, `[pictures]`: from 0, in order. */
  readonly clusters: Uint32Array;
}
