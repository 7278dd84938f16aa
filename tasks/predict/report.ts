// deno-lint-ignore-file no-console
/**
 * The texts that `deno task predict` prints, and its JSON.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import type { PluginEvent } from "../../core/plugin.ts";
import type { Colors } from "./depth_png.ts";
import type { OpenModel } from "./open_model.ts";
import type { Format } from "./prediction_file.ts";
import type { Predicted, PredictionValues } from "./predict_picture.ts";
import { makeProgress } from "../terminal/progress.ts";

/** A picture that was predicted. */
export interface Done {
  /** Its name in messages. */
  readonly name: string;
  /** What the model predicts from it. */
  readonly predicted: Predicted;
  /** The file that was written, as the user would type it. */
  readonly file?: string;
  /** How many seconds it took. */
  readonly seconds: number;
}

/** Shows what happens, as text or as JSON. */
export interface PredictReport {
  /** Messages and progress while the model is opened. */
  event(event: PluginEvent): void;
  /** Called when the model is open, or could not be opened. */
  ready(): void;
  /** Called before the first picture; `note` explains the files. */
  start(model: OpenModel, note: string | undefined): void;
  /** Called when a picture was predicted. */
  done(done: Done): void;
  /** Called when one could not be. */
  failed(error: Error & { readonly id: string }): void;
  /** Called after the last; `next` is the command to suggest, where there is one. */
  end(counts: { done: number; failed: number }, next?: string): void;
}

/** Text for people; problems go to standard error. */
export function textReport(): PredictReport {
  const progress = makeProgress();
  return {
    event({ text, done, total }) {
      if (done === undefined || total === undefined) progress.line(text);
      else progress.update(done, total, text);
    },
    ready: () => progress.stop(),
    start(model, note) {
      console.log(startText(model));
      if (note !== undefined) console.log(note);
    },
    done: (done) => console.log(doneText(done)),
    failed: ({ message }) => console.error(message),
    end({ done, failed }, next) {
      const all = done + failed;
      if (all > 1) {
        console.log(
          `${done} of ${all} pictures predicted${
            failed > 0 ? `, ${failed} could not be` : ""
          }`,
        );
      }
      if (next !== undefined) console.log(`\nnext: ${next}`);
    },
  };
}

/** A line of JSON for each picture; all else goes to standard error. */
export function jsonReport(): PredictReport {
  let sha256: string | undefined;
  return {
    event({ text, done }) {
      if (done === undefined) console.error(text);
    },
    ready: () => {},
    start(model) {
      sha256 = model.sha256;
    },
    done: (done) => console.log(JSON.stringify(doneJson(done, sha256))),
    failed: ({ id, message }) =>
      console.log(JSON.stringify({ picture: id, error: message })),
    end: () => {},
  };
}

/** What the values in the files are; nothing where no file is written. */
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

/** The model, `depth-nano (depth-anything, sha256 1a2b3c4d)`, and what it predicts. */
function startText({ name, plugin, sha256, predictions }: OpenModel): string {
  const about = [
    ...name === plugin ? [] : [plugin],
    ...sha256 === undefined ? [] : [`sha256 ${sha256.slice(0, 8)}`],
  ].join(", ");
  return [
    `${name}${about === "" ? "" : ` (${about})`}`,
    alignText(predictions.map(({ hook, meaning }) => [hook, meaning])),
  ].join("\n");
}

function doneText(done: Done): string {
  const { name, predicted, file, seconds } = done;
  const { size, input, depth, predictions } = predicted;
  const line = [
    `${name}: ${size.width}×${size.height}`,
    ...input ? [`seen at ${input.width}×${input.height}`] : [],
    ...depth
      ? [`${depth.min.toPrecision(4)} to ${depth.max.toPrecision(4)}`]
      : [],
    ...depth && depth.clamped > 0
      ? [`${depth.clamped} pixels kept within the network's range`]
      : [],
    `${seconds.toFixed(1)} s`,
  ].join(", ");
  const rest = predictions.flatMap((one) => otherText(one));
  return [
    file === undefined ? line : `${line} → ${file}`,
    ...rest.length > 0 ? [alignText(rest)] : [],
  ].join("\n");
}

/** The rows of a prediction other than depth: the likeliest classes, or the shape of features. */
function otherText(one: PredictionValues): string[][] {
  const { prediction: { hook, kind }, values: { shape } } = one;
  if (kind === "depth") return [];
  if (kind === "features") return [[hook, `features [${shape.join(", ")}]`]];
  return topClasses(one).map(({ label, probability }) => [
    probability.toFixed(3),
    label,
  ]);
}

/** The `most` likeliest classes by the softmax of logits, the likeliest first. */
export function topClasses(
  { prediction: { labels }, values: { data } }: PredictionValues,
  most = 5,
): { readonly label: string; readonly probability: number }[] {
  const largest = data.reduce((a, b) => Math.max(a, b), -Infinity);
  const shares = Array.from(data, (logit) => Math.exp(logit - largest));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares
    .map((share, i) => ({
      label: labels?.[i] ?? `class ${i}`,
      probability: share / sum,
    }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, most);
}

function doneJson(
  { name, predicted, file, seconds }: Done,
  sha256: string | undefined,
): Record<string, unknown> {
  const { size, input, depth, predictions } = predicted;
  return {
    picture: name,
    ...size,
    input,
    sha256,
    predictions: predictions.map((one) => ({
      ...one.prediction,
      labels: undefined,
      range: undefined,
      shape: one.values.shape,
      ...one.prediction.kind === "logits" && { top: topClasses(one) },
    })),
    ...depth &&
      { min: depth.min, max: depth.max, clamped: depth.clamped },
    file,
    seconds,
  };
}
