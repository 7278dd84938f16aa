/**
 * Opens a trained run: its parts and its dictionary.
 *
 * @module
 */
import { ConfigError } from "../../core/errors.ts";
import type { Approve } from "../../core/run/load_plugin.ts";
import { loadDictionary } from "../../core/train/load_dictionary.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import { type RunFolder, runFolder } from "../../core/run/run_folder.ts";
import type { Tensors } from "../../core/tensor.ts";
import { readState } from "../../core/train/training_state.ts";
import { inUserFolder } from "../terminal/user_paths.ts";
import { openParts } from "./open_parts.ts";
import { readSettings } from "./read_settings.ts";

/** A run that was trained. */
export interface TrainedRun {
  /** Its parts. */
  readonly run: OpenRun;
  /** Its files. */
  readonly folder: RunFolder;
  /** Its dictionary, in the run's engine. */
  readonly params: Tensors;
}

/**
 * Opens the run in the folder `path`, as the user typed it, with the settings in
 * `overrides` changed (`"dataset.use=imagenet"`). `approve` is asked before a
 * plugin that is not built in runs.
 *
 * @throws {ConfigError} When it is not the folder of a run, a part cannot be
 * made, or the encoder is not the one it was trained with.
 * @throws {FormatError} When its dictionary does not have the run's sizes.
 */
export async function openTrainedRun(
  path: string,
  approve: Approve,
  overrides: readonly string[] = [],
): Promise<TrainedRun> {
  const folder = runFolder(inUserFolder(path));
  if (!await Deno.stat(folder.config).then(() => true, () => false)) {
    throw new ConfigError(
      "run",
      `Cannot open "${path}": it is not the folder of a run, since it has no config.json; write runs/<name>`,
    );
  }
  const run = await openParts(
    await readSettings(folder.config, approve, overrides),
  );
  try {
    await checkProvenance(run, folder, path);
    return { run, folder, params: await loadDictionary(run, folder) };
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** Refuses an encoder that differs from the one trained with. A run whose state was deleted cannot be checked. */
async function checkProvenance(
  { encoder: { provenance } }: OpenRun,
  { state }: RunFolder,
  path: string,
): Promise<void> {
  const saved = await readState(state).catch(() => undefined);
  for (const [key, was] of Object.entries(saved?.position.provenance ?? {})) {
    if (provenance[key] === was) continue;
    throw new ConfigError(
      "encoder",
      `Cannot open "${path}": its encoder had ${key} ${was} when it was trained, now it has ${
        provenance[key]
      }; put that back, or train it again`,
    );
  }
}
