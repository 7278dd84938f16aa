/**
 * Reads the settings of a run as the user typed them.
 *
 * @module
 */
import type { Approve } from "../../core/run/load_plugin.ts";
import {
  readRun,
  type ResolvedRun,
  resolveRun,
} from "../../core/run/run_config.ts";
import { builtins } from "../../plugins/mod.ts";
import { userFolder } from "../terminal/user_paths.ts";

/**
 * The settings in `file`, or the default ones, with those in `overrides` changed
 * (`"dataset.use=imagenet"`): checked, and with defaults filled in.
 * `approve` is asked before a plugin that is not built in runs.
 *
 * @throws {ConfigError} When the file cannot be read, or a setting is wrong.
 */
export async function readSettings(
  file: string | undefined,
  approve: Approve,
  overrides: readonly string[] = [],
): Promise<ResolvedRun> {
  return await resolveRun(
    await readRun(file, overrides, userFolder()),
    builtins,
    approve,
  );
}
