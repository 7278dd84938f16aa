/**
 * The texts that `deno task train` prints.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import type { TrainResults } from "../../core/train/measure_trained.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import type { StepNumbers } from "../../core/train/trainer.ts";
import { bytes, clock, percent, short } from "../terminal/numbers.ts";

/** The text beside the progress bar; "?" where nothing was measured yet. */
export function stepLine(
  { fvu, numbers, tokens, perSecond, left }: {
    fvu: number;
    numbers: StepNumbers;
    tokens: number;
    perSecond: number;
    left: number;
  },
): string {
  return [
    `${short(tokens)} tokens`,
    `${perSecond > 0 ? short(perSecond) : "?"}/s`,
    `FVU ${fvu.toFixed(3)}`,
    `L0 ${numbers.l0.toFixed(1)}`,
    `dead ${percent(numbers.dead, 1)}`,
    `${Number.isFinite(left) ? clock(left) : "?"} left`,
  ].join(" | ");
}

/** The table of results. */
function resultTable(results: TrainResults, seconds: number): string {
  const {
    fvu,
    l0,
    targetL0,
    dead,
    deadTokens,
    silent,
    threshold,
    skippedImages,
  } = results;
  const rows: [string, string, string][] = [
    [
      "FVU",
      fvu.toFixed(4),
      "fraction of variance unexplained: 0 is perfect, 1 is the mean",
    ],
    [
      "L0",
      l0.toFixed(2),
      `latents that fire on a token, at inference${
        targetL0 === null ? "" : `; aimed at ${targetL0}`
      }`,
    ],
    [
      "dead",
      percent(dead, 2),
      `latents silent for the last ${short(deadTokens)} training tokens`,
    ],
    [
      "silent",
      percent(silent, 2),
      "latents that fire on none of the tokens measured here",
    ],
    ...threshold === null ? [] : [
      [
        "threshold",
        threshold.toPrecision(5),
        "what an activation must exceed, calibrated",
      ] as [string, string, string],
    ],
    [
      "measured on",
      `${short(results.tokens)} tokens`,
      `of ${results.images} pictures not trained on`,
    ],
    [
      "trained on",
      `${short(results.trainedTokens)} tokens`,
      `in ${results.steps} steps and ${clock(seconds)}`,
    ],
    ["skipped", String(skippedImages), "pictures that could not be decoded"],
  ];
  return alignText(rows);
}

/** The line printed before a run starts; `memory` in bytes. */
export function startLine(
  run: OpenRun,
  path: string,
  memory: number,
): string {
  const { config, hook, sparsifier, optimiser, split } = run;
  const tokens = short(optimiser.steps * config.buffer.batch);
  const where =
    `"${hook.name}" of ${config.encoder.use} (d_model ${hook.width})`;
  return `${path}: ${sparsifier.dSae} latents on ${where}, ${tokens} tokens of ${split.train.length} pictures; memory at most ${
    bytes(memory)
  }`;
}

/** The text printed after training: the results, and where skipped pictures are listed. */
export function resultText(
  results: TrainResults,
  seconds: number,
  skipped: string,
): string {
  return [
    "",
    resultTable(results, seconds),
    ...results.skippedImages > 0
      ? ["", `skipped pictures are listed in ${skipped}`]
      : [],
    "",
  ].join("\n");
}

/** The command to type after a run that was indexed on `images` pictures, and what it is for. */
export function nextLine(images: number, path: string): string {
  return images === 0
    ? `next: deno task index ${path}   (find what shows each latent)`
    : `next: deno task serve ${path}   (see what each latent stands for)`;
}
