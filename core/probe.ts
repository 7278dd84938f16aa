/**
 * Questions to a trained dictionary.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";
import type { Encoder } from "./encoder.ts";
import type { Engine } from "./engine.ts";
import type { Sparsifier } from "./sparsifier.ts";
import type { Tensors } from "./tensor.ts";

/** What a probe may look at. */
export interface ProbeInput {
  /** The examples. */
  readonly dataset: Dataset;
  /** Indices of the examples that were not trained on. */
  readonly heldOut: Uint32Array;
  /** The model. */
  readonly encoder: Encoder;
  /** Where the dictionary reads it. */
  readonly hook: string;
  /** The dictionary. */
  readonly sparsifier: Sparsifier;
  /** Its parameters, in `engine`. */
  readonly params: Tensors;
  /** The maths. */
  readonly engine: Engine;
}

/** What a probe found. */
export interface ProbeResult {
  /** Numbers by name: the report's table. */
  readonly metrics: Readonly<Record<string, number>>;
  /** One number for each latent, `[dSae]`, by name. */
  readonly perLatent?: Readonly<Record<string, Float32Array>>;
  /** Pictures by name, as SVG. */
  readonly figures?: Readonly<Record<string, string>>;
  /** Tables by name: rows of numbers and words. */
  readonly tables?: Readonly<
    Record<string, readonly Readonly<Record<string, string | number>>[]>
  >;
}

/** A question to a trained dictionary. */
export interface Probe {
  /** Looks, and says what it found. */
  run(input: ProbeInput): Promise<ProbeResult>;
}
