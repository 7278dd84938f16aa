/**
 * The settings of the run that was typed: a new one, or one to resume.
 *
 * @module
 */
import { ConfigError } from "../../core/errors.ts";
import { diffRuns } from "../../core/run/compare_runs.ts";
import type { Approve } from "../../core/run/load_plugin.ts";
import type { ResolvedRun } from "../../core/run/run_config.ts";
import { runFolder } from "../../core/run/run_folder.ts";
import { readSettings } from "../runs/read_settings.ts";
import { inUserFolder } from "../terminal/user_paths.ts";
import type { TrainArguments } from "./arguments.ts";

/**
 * The checked settings of the run, defaults filled in.
 *
 * @throws {ConfigError} When a setting is wrong, or differs from those of the
 * run to resume.
 */
export async function runSettings(
  typed: TrainArguments,
  approve: Approve,
): Promise<ResolvedRun> {
  return typed.resume === undefined
    ? await readSettings(typed.file, approve, typed.overrides)
    : await resumedSettings(typed.resume, typed, approve);
}

/** The stored settings. Those typed with --resume must agree with them, except for the index. */
async function resumedSettings(
  path: string,
  { file, overrides }: TrainArguments,
  approve: Approve,
): Promise<ResolvedRun> {
  const { config } = runFolder(inUserFolder(path));
  if (!await Deno.stat(config).then(() => true, () => false)) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${path}": it is not the folder of a run, since it has no config.json; start the run without --resume`,
    );
  }
  const stored = await readSettings(config, approve);
  const wanted = await readSettings(file ?? config, approve, overrides);
  // A file need not name the hook: then the one found for it is meant.
  const { hook = stored.config.hook, ...rest } = wanted.config;
  const differ = diffRuns(stored.config, { ...rest, hook });
  const { index } = wanted.config;
  if (differ.length === 0) {
    return { ...stored, config: { ...stored.config, index } };
  }
  throw new ConfigError(
    "resume",
    `Cannot resume "${path}" with other settings: ${
      differ.join(", ")
    }; leave them out, or start a new run without --resume`,
  );
}
