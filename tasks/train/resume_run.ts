/**
 * The folder of a run in, the run and where it stopped out.
 *
 * @module
 */
import { diffRuns } from "../../core/run/compare_runs.ts";
import { ConfigError, FormatError } from "../../core/errors.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import {
  readRun,
  type ResolvedRun,
  resolveRun,
} from "../../core/run/run_config.ts";
import {
  makeRunFolder,
  removeTemporaries,
  type RunFolder,
  runFolder,
} from "../../core/run/run_folder.ts";
import { readState, type SavedState } from "../../core/train/training_state.ts";
import { builtins } from "../../plugins/mod.ts";
import { inUserFolder, shown, userFolder } from "../terminal/task.ts";
import type { TrainArguments } from "./train_arguments.ts";

/** The run of a folder; settings typed beside it must not differ, but for the index. */
export async function resumedRun(
  { file, overrides }: TrainArguments,
  path: string,
): Promise<ResolvedRun> {
  const { config } = runFolder(inUserFolder(path));
  if (!await exists(config)) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${path}": it is not the folder of a run, since it has no config.json; start the run without --resume`,
    );
  }
  const stored = await resolveRun(
    await readRun(config, [], userFolder()),
    builtins,
  );
  const wanted = await resolveRun(
    await readRun(file ?? config, overrides, userFolder()),
    builtins,
  );
  // A file need not name the hook: then the one that was found for it is meant.
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

/** The state to go on from; it must fit the run's settings and parts. */
export async function savedState(
  run: OpenRun,
  folder: RunFolder,
): Promise<SavedState | undefined> {
  const { state, path } = folder;
  await makeRunFolder(folder);
  await removeTemporaries(folder);
  if (!await exists(state)) return undefined;
  const saved = await readState(state).catch((cause) => {
    if (!(cause instanceof FormatError)) throw cause;
    throw new FormatError(
      state,
      `${cause.message}; remove the file to begin ${shown(path)} again`,
      { cause },
    );
  });
  const { hash } = saved.position;
  if (hash !== run.hash) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its settings are not those of the save of step ${saved.step} (hash ${
        run.hash.slice(0, 8)
      }, saved with ${
        hash.slice(0, 8)
      }); undo what was changed in config.json, or start a new run without --resume`,
    );
  }
  const { provenance } = run.encoder;
  for (const [key, was] of Object.entries(saved.position.provenance)) {
    if (provenance[key] === was) continue;
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its encoder had ${key} ${was}, now it has ${provenance[key]}`,
    );
  }
  const width = saved.shapes.get("params.W_dec")?.[1] ?? run.hook.width;
  if (width !== run.hook.width) {
    throw new ConfigError(
      "resume",
      `Cannot resume "${
        shown(path)
      }": its dictionary is for activations of width ${width}, those at "${run.hook.name}" have ${run.hook.width}`,
    );
  }
  return saved;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
