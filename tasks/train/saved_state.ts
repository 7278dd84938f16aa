/**
 * The saved state that a resumed run continues from.
 *
 * @module
 */
import { ConfigError, FormatError } from "../../core/errors.ts";
import {
  makeRunFolder,
  removeTemporaries,
  type RunFolder,
} from "../../core/run/run_folder.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import { readState, type SavedState } from "../../core/train/training_state.ts";
import { shown } from "../terminal/user_paths.ts";

/**
 * The state to continue from; undefined where nothing was saved yet.
 *
 * @throws {ConfigError} When it does not fit the run's settings, encoder or hook.
 * @throws {FormatError} When the file is damaged.
 */
export async function savedState(
  run: OpenRun,
  folder: RunFolder,
): Promise<SavedState | undefined> {
  const { state } = folder, path = shown(folder.path);
  await makeRunFolder(folder);
  await removeTemporaries(folder);
  if (!await Deno.stat(state).then(() => true, () => false)) return undefined;
  const saved = await readState(state).catch((cause) => {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(
      state,
      `${cause.message}; remove the file to begin ${path} again`,
      { cause },
    );
  });
  const misfit = misfitOf(saved, run);
  if (misfit === undefined) return saved;
  throw new ConfigError("resume", `Cannot resume "${path}": ${misfit}`);
}

/** Why a run cannot continue from `saved`, if it cannot. */
function misfitOf(
  { step, position, shapes }: SavedState,
  { hash, encoder: { provenance }, hook }: OpenRun,
): string | undefined {
  if (position.hash !== hash) {
    const [now, then] = [hash, position.hash].map((it) => it.slice(0, 8));
    return `its settings are not those of the save of step ${step} (hash ${now}, saved with ${then}); undo what was changed in config.json, or start a new run without --resume`;
  }
  for (const [key, was] of Object.entries(position.provenance)) {
    if (provenance[key] === was) continue;
    return `its encoder had ${key} ${was}, now it has ${provenance[key]}`;
  }
  const width = shapes.get("params.W_dec")?.[1] ?? hook.width;
  return width === hook.width
    ? undefined
    : `its dictionary is for activations of width ${width}, those at "${hook.name}" have ${hook.width}`;
}
