/**
 * Where a run's files are.
 *
 * ```
 * runs/<name>/
 *   config.json                        every setting, and what made the activations
 *   metrics.jsonl                      a line for each logged step
 *   results.json                       the final measurements
 *   skipped.txt                        pictures that could not be decoded, and why
 *   checkpoint/sae_weights.safetensors the dictionary, in SAELens's layout
 *   checkpoint/cfg.json                its description
 *   state/training.safetensors         what a killed run goes on from
 * ```
 *
 * @module
 */
import { join } from "node:path";

/** Paths of a run's files. */
export interface RunFolder {
  /** The folder. */
  readonly path: string;
  /** Every setting, and what made the activations. */
  readonly config: string;
  /** A line for each logged step. */
  readonly metrics: string;
  /** The final measurements. */
  readonly results: string;
  /** Pictures that could not be decoded. */
  readonly skipped: string;
  /** The folder of the dictionary. */
  readonly checkpoint: string;
  /** What a killed run goes on from. */
  readonly state: string;
}

/** Paths of the files of the run in `path`. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, "config.json"),
    metrics: join(path, "metrics.jsonl"),
    results: join(path, "results.json"),
    skipped: join(path, "skipped.txt"),
    checkpoint: join(path, "checkpoint"),
    state: join(path, "state", "training.safetensors"),
  };
}

/** Makes the folders of a run. */
export async function makeRunFolder(folder: RunFolder): Promise<void> {
  await Deno.mkdir(folder.checkpoint, { recursive: true });
  await Deno.mkdir(join(folder.path, "state"), { recursive: true });
}
