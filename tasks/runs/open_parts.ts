/**
 * Opens the parts of a run, which may take a while, and shows how far it is.
 *
 * @module
 */
import type { ResolvedRun } from "../../core/run/run_config.ts";
import { type OpenRun, openRun } from "../../core/train/open_run.ts";
import { pluginReporter } from "../terminal/plugin_reporter.ts";
import { makeProgress } from "../terminal/progress.ts";

/**
 * Opens the dataset, the encoder, the engine and the sparsifier of a run.
 *
 * @throws {ConfigError} When a part cannot be made.
 */
export async function openParts(settings: ResolvedRun): Promise<OpenRun> {
  const progress = makeProgress();
  return await openRun(settings, pluginReporter(progress))
    .finally(() => progress.stop());
}
