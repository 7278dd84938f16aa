/**
 * The words and numbers that `deno task train` prints.
 *
 * @module
 */
import { columns } from "../../core/run/align_text.ts";
import type { TrainResults } from "../../core/train/measure_trained.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import type { StepNumbers } from "../../core/train/trainer.ts";

/** `1234567` as `"1.23M"`. */
export function short(count: number): string {
  const units: [number, string][] = [[1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const [size, unit] = units.find(([size]) => count >= size) ?? [1, ""];
  return size === 1
    ? String(Math.round(count))
    : `${(count / size).toPrecision(3)}${unit}`;
}

/** Bytes as `"1.2 GiB"` or `"345 MiB"`. */
export function bytes(count: number): string {
  return count >= 2 ** 30
    ? `${(count / 2 ** 30).toFixed(1)} GiB`
    : `${Math.ceil(count / 2 ** 20)} MiB`;
}

/** Seconds as `"1:02:03"` or `"2:03"`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (n: number): string => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** What stands beside the progress bar; a "?" where nothing was measured yet. */
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
    `dead ${(100 * numbers.dead).toFixed(1)} %`,
    `${Number.isFinite(left) ? clock(left) : "?"} left`,
  ].join(" | ");
}

/** The table of a finished run. */
export function resultTable(results: TrainResults, seconds: number): string {
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
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
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
      percent(dead),
      `latents silent for the last ${short(deadTokens)} training tokens`,
    ],
    [
      "silent",
      percent(silent),
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
  return columns(rows);
}

/** What a run says before it starts; `memory` in bytes. */
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

/** What a trained run says: its table, and where to find pictures it skipped. */
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

/** What to type after a run that was indexed on `images` pictures, and why. */
export function nextLine(images: number, path: string): string {
  return images === 0
    ? `next: deno task index ${path}   (find what shows each latent)`
    : `next: deno task serve ${path}   (see what each latent stands for)`;
}
