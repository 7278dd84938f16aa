/**
 * What `deno task predict` says of what it writes, and of what to do next.
 *
 * @module
 */
import type { Colors } from "./_depth_png.ts";
import type { PredictInputs } from "./_picture_files.ts";
import type { PredictArguments } from "./_predict_arguments.ts";
import type { Format } from "./_prediction_file.ts";
import { shown } from "./_task.ts";

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

/** What to type after this, and why. */
export function nextPrediction(
  { run, pictures }: PredictInputs,
  { overrides }: Pick<PredictArguments, "overrides">,
  wrote: Format | undefined,
  colors: Colors,
): string {
  const settings = [
    ...run === undefined ? [] : [quoted(shown(run))],
    ...overrides.map((override) => quoted(`--${override}`)),
  ];
  const [first] = pictures;
  const words = (task: string, ...more: string[]): string =>
    ["deno task", task, ...settings, ...more].join(" ");
  if (wrote === undefined) {
    return `${
      words("predict", quoted(first!.name), "--format=safetensors")
    }   (keeps the numbers)`;
  }
  return wrote === "png" && colors === "gray"
    ? `${
      words("predict", quoted(first!.name), "--colors=inferno")
    }   (the same in colours, to look at)`
    : `${words("train")}   (what its tokens are made of)`;
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w.\/=:@,+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
