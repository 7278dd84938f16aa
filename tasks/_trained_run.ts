/**
 * The folder of a trained run in, its parts and its dictionary out.
 *
 * @module
 */
import { ConfigError } from "../core/errors.ts";
import { loadDictionary } from "../core/load_dictionary.ts";
import { type OpenRun, openRun } from "../core/open_run.ts";
import { readRun, resolveRun } from "../core/run_config.ts";
import { type RunFolder, runFolder } from "../core/run_folder.ts";
import type { Tensors } from "../core/tensor.ts";
import { builtins } from "../plugins/mod.ts";
import { pluginReporter } from "./_plugin_reporter.ts";
import { makeProgress } from "./_progress.ts";
import { inUserFolder, userFolder } from "./_task.ts";

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
 * Opens the run in the folder that the user calls `path`.
 *
 * @throws {ConfigError} When it is no run's folder, or a part cannot be made.
 * @throws {FormatError} When it holds no dictionary of the run's sizes.
 */
export async function openTrainedRun(path: string): Promise<TrainedRun> {
  const folder = runFolder(inUserFolder(path));
  if (!await Deno.stat(folder.config).then(() => true, () => false)) {
    throw new ConfigError(
      "run",
      `Cannot open "${path}": it is not the folder of a run, since it has no config.json; write runs/<name>`,
    );
  }
  const resolved = await resolveRun(
    await readRun(folder.config, [], userFolder()),
    builtins,
  );
  const making = makeProgress();
  const run = await openRun(resolved, pluginReporter(making))
    .finally(() => making.stop());
  try {
    return { run, folder, params: await loadDictionary(run, folder) };
  } catch (error) {
    await run.close();
    throw error;
  }
}
