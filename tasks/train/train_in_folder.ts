// deno-lint-ignore-file no-console
/**
 * Trains an open run in its folder and shows how it goes.
 *
 * @module
 */
import { addedIndexMemory } from "../../core/latents/index_memory.ts";
import { removeIndex, type RunFolder } from "../../core/run/run_folder.ts";
import { sizeOf } from "../../core/tensor.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import { train } from "../../core/train/train.ts";
import type { SavedState } from "../../core/train/training_state.ts";
import { indexDefaults, isIndexed } from "../runs/index_run.ts";
import { makeProgress } from "../terminal/progress.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { shown } from "../terminal/user_paths.ts";
import { eventReporter } from "./event_reporter.ts";
import { resultText, startLine } from "./report.ts";

/** How training ended: Ctrl-C stopped it, the index is next, or nothing is left to do. */
export type TrainingEnd = "stopped" | "to index" | "done";

/** Trains `run`, from its beginning or from `resume`, and prints its results. */
export async function trainInFolder(
  run: OpenRun,
  folder: RunFolder,
  resume?: SavedState,
): Promise<TrainingEnd> {
  const { optimiser: { steps } } = run, path = shown(folder.path);
  console.log(startLine(run, path, run.memory + indexMemory(run)));
  if (resume) console.log(`continuing from step ${resume.step} of ${steps}`);
  // Further training makes the old index stale.
  if (resume?.step !== steps) await removeIndex(folder);
  using stop = stopSignal("stopping after this step");
  const progress = makeProgress(), started = performance.now();
  try {
    const results = await train(run, {
      folder,
      signal: stop.signal,
      onEvent: eventReporter(run, progress, resume?.step ?? 0),
      ...resume && { resume },
    });
    progress.stop();
    if (!results) {
      console.log(`stopped; continue with: deno task train --resume ${path}`);
      return "stopped";
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(resultText(results, seconds, shown(folder.skipped)));
    const indexed = !wantsIndex(run) || await isIndexed(run, folder);
    return indexed ? "done" : "to index";
  } finally {
    progress.stop();
  }
}

/** Memory in bytes that indexing adds, as what training held may not be free yet. */
function indexMemory(run: OpenRun): number {
  const { index } = run.config;
  return index.images === 0
    ? 0
    : addedIndexMemory(run, { ...indexDefaults, ...index });
}

/** Whether the run asks for an index, and its tokens have places in a picture to show. */
function wantsIndex({ config, hook }: OpenRun): boolean {
  return config.index.images > 0 && sizeOf(hook.layout.grid) > 0;
}
