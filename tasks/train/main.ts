// deno-lint-ignore-file no-console
/**
 * Trains a sparsifier: `deno task train [run.json] [--key=value]`.
 *
 * @module
 */
import { indexGrowth } from "../../core/latents/index_memory.ts";
import { type OpenRun, openRun } from "../../core/train/open_run.ts";
import { readRun, resolveRun } from "../../core/run/run_config.ts";
import {
  removeIndex,
  type RunFolder,
  runFolder,
} from "../../core/run/run_folder.ts";
import { train } from "../../core/train/train.ts";
import type { SavedState } from "../../core/train/training_state.ts";
import { sizeOf } from "../../core/tensor.ts";
import { builtins } from "../../plugins/mod.ts";
import {
  indexDefaults,
  indexLine,
  indexRun,
  isIndexed,
} from "../index/index_run.ts";
import { newRunFolder } from "../runs/new_run_folder.ts";
import { pluginReporter } from "../terminal/plugin_reporter.ts";
import { makeProgress } from "../terminal/progress.ts";
import { resumedRun, savedState } from "./resume_run.ts";
import { runHelp } from "./run_help.ts";
import { stopSignal } from "../terminal/stop_signal.ts";
import { inUserFolder, runTask, shown, userFolder } from "../terminal/task.ts";
import { trainArguments } from "./train_arguments.ts";
import { nextLine, resultText, startLine } from "./train_report.ts";
import { reporter } from "./train_reporter.ts";
import { openTrainedRun } from "../runs/trained_run.ts";

/** Carries out `deno task train`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = trainArguments(args);
  if (typed.help) return console.log(await runHelp());
  const run = typed.resume === undefined
    ? await resolveRun(
      await readRun(typed.file, typed.overrides, userFolder()),
      builtins,
    )
    : await resumedRun(typed, typed.resume);
  const making = makeProgress();
  const open = await openRun(run, pluginReporter(making))
    .finally(() => making.stop());
  let folder: RunFolder, next: "stop" | "index" | "serve";
  try {
    folder = typed.resume === undefined
      ? await newRunFolder(open)
      : runFolder(inUserFolder(typed.resume));
    const resume = typed.resume === undefined
      ? undefined
      : await savedState(open, folder);
    next = await trainInFolder(open, folder, resume);
  } finally {
    await open.close();
  }
  if (next === "index") {
    // Opened anew: the dictionary is the one on the disk, and what training held is free.
    const indexed = await indexInFolder(folder, run.config.index.images);
    next = indexed ? "serve" : "stop";
  }
  // What a shell expects of a program that Ctrl-C ended.
  if (next === "stop") Deno.exitCode = 130;
  else console.log(nextLine(run.config.index.images, shown(folder.path)));
}

/** Trains, says what came of it, and returns what is next. */
async function trainInFolder(
  run: OpenRun,
  folder: RunFolder,
  resume: SavedState | undefined,
): Promise<"stop" | "index" | "serve"> {
  const { optimiser: { steps }, config: { index } } = run;
  const options = { ...indexDefaults, ...index };
  // What training held may be there still when the run is indexed.
  const more = index.images === 0 ? 0 : indexGrowth(run, options);
  const path = shown(folder.path);
  console.log(startLine(run, path, run.memory + more));
  if (resume) console.log(`goes on from step ${resume.step} of ${steps}`);
  // An index of a dictionary that is trained on is none of the new one.
  if (resume?.step !== steps) await removeIndex(folder);
  using stop = stopSignal("stopping after this step");
  const progress = makeProgress(), started = performance.now();
  try {
    const results = await train(run, {
      folder,
      signal: stop.signal,
      onEvent: reporter(run, progress, resume?.step ?? 0),
      ...resume && { resume },
    });
    progress.stop();
    if (!results) {
      console.log(`stopped; go on with: deno task train --resume ${path}`);
      return "stop";
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(resultText(results, seconds, shown(folder.skipped)));
    const needless = index.images === 0 || sizeOf(run.hook.layout.grid) === 0;
    return needless || await isIndexed(run, folder) ? "serve" : "index";
  } finally {
    progress.stop();
  }
}

/** Finds what shows each latent of a trained run; false when it was told to stop. */
async function indexInFolder(
  folder: RunFolder,
  images: number,
): Promise<boolean> {
  using stop = stopSignal("stopping after these pictures");
  const started = performance.now();
  const trained = await openTrainedRun(folder.path);
  try {
    const options = { ...indexDefaults, images };
    const progress = makeProgress();
    const info = await indexRun(trained, options, progress, stop.signal);
    const path = shown(folder.path);
    console.log(
      info
        ? indexLine(info, (performance.now() - started) / 1000)
        : `stopped; it is trained: go on with: deno task index ${path}${
          images === trained.run.config.index.images
            ? ""
            : ` --images=${images}`
        }`,
    );
    return info !== undefined;
  } finally {
    await trained.run.close();
  }
}

if (import.meta.main) await runTask(() => main(Deno.args));
