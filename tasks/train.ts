// deno-lint-ignore-file no-console
/**
 * Trains a sparsifier: `deno task train [run.json] [--key=value]`.
 *
 * @module
 */
import { type OpenRun, openRun } from "../core/open_run.ts";
import { readRun, resolveRun } from "../core/run_config.ts";
import { type RunFolder, runFolder } from "../core/run_folder.ts";
import { train } from "../core/train.ts";
import type { SavedState } from "../core/training_state.ts";
import { builtins } from "../plugins/mod.ts";
import { newRunFolder } from "./_new_run_folder.ts";
import { makeProgress } from "./_progress.ts";
import { resumedRun, savedState } from "./_resume_run.ts";
import { runHelp } from "./_run_help.ts";
import { stopSignal } from "./_stop_signal.ts";
import { inUserFolder, runTask, shown, userFolder } from "./_task.ts";
import { trainArguments } from "./_train_arguments.ts";
import { endText, startLine } from "./_train_report.ts";
import { reporter } from "./_train_reporter.ts";

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
  const open = await openRun(run);
  try {
    const folder = typed.resume === undefined
      ? await newRunFolder(open)
      : runFolder(inUserFolder(typed.resume));
    const resume = typed.resume === undefined
      ? undefined
      : await savedState(open, folder);
    await trainInFolder(open, folder, resume);
  } finally {
    await open.close();
  }
}

async function trainInFolder(
  run: OpenRun,
  folder: RunFolder,
  resume: SavedState | undefined,
): Promise<void> {
  console.log(startLine(run, shown(folder.path)));
  if (resume) {
    console.log(`goes on from step ${resume.step} of ${run.optimiser.steps}`);
  }
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
    // What a shell expects of a program that Ctrl-C ended.
    if (!results) Deno.exitCode = 130;
    const seconds = (performance.now() - started) / 1000;
    console.log(
      results
        ? endText(run, results, seconds, {
          config: shown(folder.config),
          skipped: shown(folder.skipped),
        })
        : `stopped; go on with: deno task train --resume ${shown(folder.path)}`,
    );
  } finally {
    progress.stop();
  }
}

if (import.meta.main) await runTask(() => main(Deno.args));
