// deno-lint-ignore-file no-console
/**
 * Shows what a model says of pictures: `deno task predict photo.jpg`.
 *
 * @module
 */
import { openModel } from "./_open_model.ts";
import { predictInputs } from "./_picture_files.ts";
import { predictAll } from "./_predict_all.ts";
import { predictArguments } from "./_predict_arguments.ts";
import { predictHelp } from "./_predict_help.ts";
import { jsonReport, textReport } from "./_predict_report.ts";
import { nextPrediction, writingNote } from "./_predict_words.ts";
import {
  destination,
  fittingFormat,
  predictionPaths,
} from "./_prediction_paths.ts";
import { runTask } from "./_task.ts";

/** Carries out `deno task predict`. */
async function main(args: readonly string[]): Promise<void> {
  const typed = predictArguments(args);
  if (typed.help) return console.log(predictHelp());
  const inputs = await predictInputs(typed.paths);
  const { pictures, problems } = inputs;
  const to = await destination(typed, pictures);
  const report = typed.json ? jsonReport() : textReport();
  const model = await openModel(inputs.run, typed.overrides, report.event)
    .finally(report.ready);
  const format = fittingFormat(to, model.predictions);
  const paths = predictionPaths(to, format, pictures);
  report.start(model, writingNote(format, to.colors));
  for (const problem of problems) report.failed(problem);
  let done = 0, failed = problems.length;
  await predictAll(pictures, model, {
    ...to,
    format,
    paths,
    force: typed.force,
    done(one) {
      done++;
      report.done(one);
    },
    failed(problem) {
      failed++;
      report.failed(problem);
    },
  });
  if (done === 0) Deno.exitCode = 1;
  report.end(
    { done, failed },
    nextPrediction(inputs, typed, format, to.colors),
  );
}

if (import.meta.main) await runTask(() => main(Deno.args));
