/**
 * What a vision transformer says of a picture, as a part of its graph.
 *
 * @module
 */
import type { Hook, Prediction } from "../../../mod.ts";
import type { Builder } from "../network/builder.ts";

/** A head on a vision transformer: it takes `final_norm` and makes predictions. */
export interface VitHead {
  /** Where it can be read, in network order. */
  readonly hooks: readonly Hook[];
  /** What it says of a picture; all of it is read at `hooks`. */
  readonly predictions: readonly Prediction[];
  /** What made its predictions beside the model's files. */
  readonly provenance?: Readonly<Record<string, string>>;
  /** Adds it to the graph, its values named as `hooks` are. Weights are named as in the file. */
  add(build: Builder): void;
  /** How many weights it has at `hook`. */
  weights(hook: Hook): number;
  /** Numbers that one picture has in it at once, at most, where `hook` is read. */
  inside(hook: Hook): number;
}
