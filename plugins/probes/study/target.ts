/**
 * What a study asks of a model: numbers that are known of each cell of a
 * picture, and the words for them.
 *
 * @module
 */
import type { Hook, HostTensors } from "../../../mod.ts";
import type { StudyPicture } from "./pictures.ts";

/** Pictures that were encoded together. */
export interface EncodedPictures {
  /** Those that could be decoded. */
  readonly pictures: readonly StudyPicture[];
  /** What was read of the model, by hook: `[pictures, tokens, width]`. */
  readonly activations: HostTensors;
}

/** What is known of the cells of one picture. */
export interface CellTargets {
  /** `[cells]` of each number that can be known, by its name; NaN where a cell's is not. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** 1 where all of them are known, `[cells]`. */
  readonly known: Uint8Array;
  /** 1 at the edges of things, `[cells]`; 0 everywhere where that is not known. */
  readonly edge: Uint8Array;
}

/** A number that conclusions are drawn about. */
export interface MainTarget {
  /** Its name in tables: `"truth_log_depth"`. */
  readonly name: string;
  /** In names of metrics: `"truth"`. */
  readonly short: string;
  /** In sentences: `"the true depth"`. */
  readonly what: string;
  /** What is measured of it: `"the logarithm of the true depth"`. */
  readonly measured: string;
}

/** How a target is put into words. */
export interface TargetWords {
  /** Its name in sentences, with which the columns of latents begin: `"depth"`. */
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

/** Something that a model may encode, such as depth. */
export interface Target extends TargetWords {
  /** What is measured of it: `"the logarithm of depth"`. */
  readonly measured: string;
  /** Every number that probes are asked for, in the order of tables. */
  readonly columns: readonly string[];
  /** Those that conclusions are drawn about. */
  readonly main: readonly MainTarget[];
  /** Hooks that must be read to know all of them, as where the model predicts it itself. */
  readonly hooks: readonly string[];
  /** The number that latents are held against, and the hooks that must be read to know it. */
  readonly tuned: {
    readonly column: string;
    readonly hooks: readonly string[];
  };
  /** What is known of the cells of a hook's grid in picture `at` of a group. */
  cells(
    group: EncodedPictures,
    at: number,
    hook: Pick<Hook, "layout">,
  ): CellTargets;
  /** What a reader of any result must know, a sentence each. */
  readonly caveats: readonly string[];
  /** What to do where no cell is known, after "in none of these pictures is a cell's … known". */
  readonly remedy: string;
}

/** The cells of which every number asked for is known. */
export function knownCells(
  { columns }: Pick<Target, "columns">,
  { values, known }: CellTargets,
): number[] {
  if (columns.some((name) => !values[name])) return [];
  return [...known.keys()].filter((cell) => known[cell] === 1);
}
