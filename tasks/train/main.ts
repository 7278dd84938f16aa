// deno-lint-ignore-file no-console
/**
 * Trains a sparsifier: `deno task train [run.json] [--key=value]`.
 *
 * @module
 */
import type { Approve } from "../../core/run/load_plugin.ts";
import type { ResolvedRun } from "../../core/run/run_config.ts";
import { type RunFolder, runFolder } from "../../core/run/run_folder.ts";
import { indexDefaults, indexRun } from "../runs/index_run.ts";
import { newRunFolder } from "../runs/new_run_folder.ts";
import { openParts } from "../runs/open_parts.ts";
import { openTrainedRun } from "../runs/trained_run.ts";
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { runTask } from "../terminal/run_task.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";
import { trainArguments } from "./arguments.ts";
import { runHelp } from "./help.ts";
import { nextLine } from "./report.ts";
import { savedState } from "./saved_state.ts";
import { runSettings } from "./settings.ts";
import { trainInFolder, type TrainingEnd } from "./train_in_folder.ts";

/** Carries out `deno task train`: settings, then training, then the index. */
async function main(args: readonly string[]): Promise<void> {
  const typed = trainArguments(args);
  if (typed.help) return console.log(await runHelp());
  const approve = approvePlugins({ trusted: typed.trust });
  const settings = await runSettings(typed, approve);
  const { images } = settings.config.index;
  const { folder, end } = await trainRun(settings, typed.resume);
  const done = end === "to index"
    ? await indexTrained(folder, images, approve)
    : end === "done";
  if (done) console.log(nextLine(images, shown(folder.path)));
  // What a shell expects of a program that Ctrl-C ended.
  else Deno.exitCode = 130;
}

/** Opens a run's parts, trains in a new folder or in that of `resume`, and closes them. */
async function trainRun(
  settings: ResolvedRun,
  resume: string | undefined,
): Promise<{ folder: RunFolder; end: TrainingEnd }> {
  const run = await openParts(settings);
  try {
    if (resume === undefined) {
      const folder = await newRunFolder(run);
      return { folder, end: await trainInFolder(run, folder) };
    }
    const folder = runFolder(inUserFolder(resume));
    const saved = await savedState(run, folder);
    return { folder, end: await trainInFolder(run, folder, saved) };
  } finally {
    await run.close();
  }
}

/**
 * Finds what shows each latent of a trained run; false when Ctrl-C stopped it.
 * The run is opened anew: its dictionary is then the one on the disk, and the
 * memory that training held is free.
 */
async function indexTrained(
  folder: RunFolder,
  images: number,
  approve: Approve,
): Promise<boolean> {
  using stop = stopSignal("stopping after these pictures");
  const trained = await openTrainedRun(folder.path, approve);
  try {
    const options = { ...indexDefaults, images };
    const info = await indexRun(trained, options, stop.signal);
    if (info) return true;
    const more = images === trained.run.config.index.images
      ? ""
      : ` --images=${images}`;
    console.log(
      `stopped; the run is trained, continue with: deno task index ${
        shown(folder.path)
      }${more}`,
    );
    return false;
  } finally {
    await trained.run.close();
  }
}

if (import.meta.main) await runTask(() => main(Deno.args));
