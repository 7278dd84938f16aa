/**
 * The command that `deno task predict` suggests next.
 *
 * @module
 */
import type { PredictArguments } from "./arguments.ts";
import type { Format } from "./prediction_file.ts";
import type { Destination } from "./prediction_paths.ts";
import { shown } from "../terminal/user_paths.ts";

/** What the next command depends on. */
export interface NextCommandOptions
  extends Pick<Destination, "file" | "colors"> {
  /** The format that was written; none when nothing was. */
  readonly format: Format | undefined;
  /** The file of the run that was named. */
  readonly run: string | undefined;
  /** What was typed. */
  readonly typed: Pick<PredictArguments, "overrides" | "out">;
}

/** The command to type after `picture` was predicted, and what it is for. */
export function nextCommand(
  picture: string,
  { file, colors, format, run, typed: { overrides, out } }: NextCommandOptions,
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
  // Into the same folder. A single file exists already: the next one needs another name.
  const folder = out === undefined || file !== undefined
    ? []
    : [quoted(`--out=${out}`)];
  return format === "png" && colors === "gray"
    ? `${
      words("predict", quoted(picture), "--colors=inferno", ...folder)
    }   (the same in colours, to look at)`
    : `${words("train")}   (what its tokens are made of)`;
}

/** A word in quotes where the shell needs them. */
function quoted(word: string): string {
  return /^[\w.\/=:@,+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
