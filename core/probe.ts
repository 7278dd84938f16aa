/**
 * Questions to a trained dictionary.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";
import type { Encoder } from "./encoder.ts";
import type { Engine } from "./engine.ts";
import { ConfigError } from "./errors.ts";
import type { Dictionary } from "./sparsifier.ts";
import type { Estimate } from "./estimate.ts";

/** What a probe may look at. */
export interface ProbeInput {
  /** The examples. */
  readonly dataset: Dataset;
  /** Indices of the examples that the dictionary was neither trained nor calibrated on, ascending. */
  readonly heldOut: Uint32Array;
  /** The model. */
  readonly encoder: Encoder;
  /** Where it is read: there the dictionary was trained. */
  readonly hook: string;
  /** The maths. */
  readonly engine: Engine;
  /** What was trained; absent where the model alone is asked, before any training. */
  readonly dictionary?: Dictionary | undefined;
  /** How its training ended, where that is known. */
  readonly training?: TrainingEnd | undefined;
  /** When aborted, the probe throws its reason soon: `signal.throwIfAborted()` between groups of pictures. */
  readonly signal?: AbortSignal | undefined;
}

/** Which latents were dead when the training ended. */
export interface TrainingEnd {
  /** Share of the latents that fired on none of the last `deadTokens` tokens. */
  readonly dead: number;
  /** The window in which a latent had to fire. */
  readonly deadTokens: number;
}

/** A number that a probe measured. */
export interface Metric extends Estimate {
  /** The number; finite: what cannot be measured is left out. */
  readonly value: number;
  /** What it is, in a sentence that a newcomer understands, without a full stop. */
  readonly meaning: string;
  /** What it counts, where that is not a plain number: `"nats"`, `"metres"`. */
  readonly unit?: string;
}

/** One number for each latent. */
export interface LatentValues {
  /** The numbers, `[dSae]`; NaN where there is none. */
  readonly values: Float32Array;
  /** What they are, as in {@linkcode Metric}. */
  readonly meaning: string;
  /** What they count, where they are not plain numbers. */
  readonly unit?: string;
}

/** A picture that a probe drew. */
export interface Figure {
  /** An SVG document: `<svg xmlns="http://www.w3.org/2000/svg" …`, without scripts. */
  readonly svg: string;
  /** What it shows, in a sentence. */
  readonly caption: string;
}

/** A table, with enough in it to draw a figure again. */
export interface Table {
  /** What it holds, in a sentence. */
  readonly caption: string;
  /** The meaning of each column, by name, in their order. */
  readonly columns: Readonly<Record<string, string>>;
  /** The rows, each with a number or words for each column; NaN where there is none. */
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

/**
 * What a probe found. Names are its own: letters, digits, `-` and `_`, since
 * files are called so.
 */
export interface ProbeResult {
  /**
   * What was shown and what was not, a sentence each, for those who read
   * nothing else; a claim only where its interval and its controls allow it.
   */
  readonly verdict?: readonly string[];
  /** Numbers by name, controls with them: the report's table, in its order. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Numbers on each latent by name: columns that latents can be sorted by. */
  readonly perLatent?: Readonly<Record<string, LatentValues>>;
  /** Pictures by name. */
  readonly figures?: Readonly<Record<string, Figure>>;
  /** Tables by name. */
  readonly tables?: Readonly<Record<string, Table>>;
}

/** A question to a trained dictionary, or to the model alone. */
export interface Probe {
  /** Looks, and says what it found: the same each time. */
  run(input: ProbeInput): Promise<ProbeResult>;
}

/**
 * The dictionary of `input`, for a probe that asks nothing without one.
 *
 * @throws {ConfigError} When nothing was trained; `what` says what cannot be found.
 */
export function requireDictionary(
  { dictionary }: Pick<ProbeInput, "dictionary">,
  what: string,
): Dictionary {
  if (dictionary) return dictionary;
  throw new ConfigError(
    "run",
    `Cannot find ${what}: this run has no dictionary yet; train it with deno task train, and give the folder it writes`,
  );
}
