/**
 * Loads a trained run's dictionary into its engine.
 *
 * @module
 */
import { loadCheckpoint } from "./checkpoint.ts";
import { FormatError } from "../errors.ts";
import type { OpenRun } from "./open_run.ts";
import type { RunFolder } from "../run/run_folder.ts";
import type { Tensors } from "../tensor.ts";

/**
 * Reads the dictionary that a run saved, for raw activations.
 *
 * @throws {FormatError} When there is none, or its sizes are not the run's.
 */
export async function loadDictionary(
  { engine, hook, sparsifier: { dSae } }: Pick<
    OpenRun,
    "engine" | "hook" | "sparsifier"
  >,
  { checkpoint }: RunFolder,
): Promise<Tensors> {
  const tensors = await loadCheckpoint(checkpoint);
  const { shape = [] } = tensors.W_dec ?? {};
  if (shape[0] !== dSae || shape[1] !== hook.width) {
    throw new FormatError(
      checkpoint,
      `Cannot use the dictionary in "${checkpoint}": its W_dec is [${
        shape.join(", ")
      }], the run's sparsifier and hook ask for [${dSae}, ${hook.width}]`,
    );
  }
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { data, shape }]) =>
      [name, engine.tensor(data, shape)] as const
    ),
  );
}
