/**
 * What `deno task predict` says of what it writes, and of what to do next.
 *
 * @module
 */
import type { Colors } from "./depth_png.ts";
import type { PredictArguments } from "./predict_arguments.ts";
import type { Format } from "./prediction_file.ts";
import type { Destination } from "./prediction_paths.ts";
import { shown } from "../terminal/task.ts";

/** What the values in a file are. */
export function writingNote(
  format: Format | undefined,
  colors: Colors,
): string | undefined {
  switch (format) {
    case undefined:
      return undefined;
    case "png":
      return colors === "gray"
        ? "written as 16-bit grey: the smallest value of a picture is 0, the largest 65535"
        : `written in the colours of ${colors}, from the smallest value of a picture to the largest`;
    case "npy":
      return "written as float32 [height, width], unscaled";
    case "safetensors":
      return "written as float32 at the model's resolution, unscaled";
  }
}

/** What {@linkcode nextPrediction} goes by. */
export interface NextPredictionOptions
  extends Pick<Destination, "file" | "colors"> {
  /** What was written. */
  readonly format: Format | undefined;
  /** The file of the run that was named. */
  readonly run: string | undefined;
  /** What was typed. */
  readonly typed: Pick<PredictArguments, "overrides" | "out">;
}

/** What to type after `picture` was predicted, and why. */
export function nextPrediction(
  picture: string,
  { file, colors, format, run, typed: { overrides, out } }:
    NextPredictionOptions,
): string {
  const settings = [
    ...run === undefined ? [] : [quoted(shown(run))],
    ...overrides.map((override) => quoted(`--${override}`)),
  ];
  const words = (task: string, ...more: string[]): string =>
    ["deno task", task, ...settings, ...more].join(" ");
  if (format === undefined) {
    return `${
      words("predict", quoted(picture), "--format=safetensors")
    }   (keeps the numbers)`;
  }
  // Into the same folder; a file is there already.
  const folder = out === undefined || file !== undefined
    ? []
    : [quoted(`--out=${out}`)];
  return format === "png" && colors === "gray"
    ? `${
      words("predict", quoted(picture), "--colors=inferno", ...folder)
    }   (the same in colours, to look at)`
    : `${words("train")}   (what its tokens are made of)`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.\/=:@,+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
