/**
 * A head on a vision transformer, as a part of its graph.
 *
 * @module
 */
import type { Hook, Prediction } from "../../../mod.ts";
import type { Builder } from "../network/builder.ts";

/** A head that makes predictions from `final_norm`. */
export interface VitHead {
  /** Its hooks, in network order. */
  readonly hooks: readonly Hook[];
  /** What it predicts, at some of `hooks`. */
  readonly predictions: readonly Prediction[];
  /** What made its predictions besides the model's files. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** Adds it to the graph. Values have the names of `hooks`, and weights those in the file. */
  add(build: Builder): void;
  /** How many weights it has for `hook`. */
  weights(hook: Hook): number;
  /** How many numbers one picture holds in it at once when `hook` is read. */
  inside(hook: Hook): number;
}
