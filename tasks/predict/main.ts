// deno-lint-ignore-file no-console
/**
 * Shows what a model predicts from pictures: `deno task predict photo.jpg`.
 *
 * @module
 */
import { approvePlugins } from "../terminal/approve_plugins.ts";
import { runTask } from "../terminal/run_task.ts";
import { predictArguments } from "./arguments.ts";
import { predictHelp } from "./help.ts";
import { nextCommand } from "./next_command.ts";
import { openModel } from "./open_model.ts";
import { predictInputs } from "./picture_files.ts";
import { predictAll } from "./predict_all.ts";
import {
  destination,
  fittingFormat,
  predictionPaths,
} from "./prediction_paths.ts";
import { jsonReport, textReport, writingNote } from "./report.ts";

/** Carries out `deno task predict`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = predictArguments(args);
  if (typed.help) return console.log(predictHelp());
  const { run, pictures, problems, notes } = await predictInputs(typed.paths);
  const to = await destination(typed, pictures);
  const report = typed.json ? jsonReport() : textReport();
  for (const text of notes) report.event({ text });
  for (const problem of problems) report.failed(problem);
  if (pictures.length === 0) return void (Deno.exitCode = 1);
  const model = await openModel(
    run,
    typed.overrides,
    approvePlugins({ trusted: typed.trust }),
    report.event,
  )
    .finally(report.ready);
  const format = fittingFormat(to, model.predictions);
  const paths = predictionPaths(to, format, pictures);
  report.start(model, writingNote(format, to.colors));
  const done: string[] = [];
  let failed = problems.length;
  await predictAll(pictures, model, {
    ...to,
    format,
    paths,
    force: typed.force,
    done(one) {
      done.push(one.name);
      report.done(one);
    },
    failed(problem) {
      failed++;
      report.failed(problem);
    },
  });
  const [picture] = done;
  if (picture === undefined) Deno.exitCode = 1;
  report.end(
    { done: done.length, failed },
    picture && nextCommand(picture, { ...to, format, run, typed }),
  );
}

if (import.meta.main) await runTask(() => main(Deno.args));
