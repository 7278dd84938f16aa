// deno-lint-ignore-file no-console
/**
 * The words and numbers that `deno task predict` prints.
 *
 * @module
 */
import { alignText } from "../../core/run/align_text.ts";
import type { PluginEvent } from "../../core/plugin.ts";
import type { Colors } from "./depth_png.ts";
import type { OpenModel } from "./open_model.ts";
import type { Format } from "./prediction_file.ts";
import type { Predicted, Said } from "./predict_picture.ts";
import { makeProgress } from "../terminal/progress.ts";

/** A picture that was predicted. */
export interface Done {
  /** What to call it. */
  readonly name: string;
  /** What the model says of it. */
  readonly predicted: Predicted;
  /** What was written, as the user would write it. */
  readonly file?: string;
  /** How long it took. */
  readonly seconds: number;
}

/** Shows what happens. */
export interface PredictReport {
  /** What the model says while it is made. */
  event(event: PluginEvent): void;
  /** The model is made, or cannot be. */
  ready(): void;
  /** It begins; `note` says what is written. */
  start(model: OpenModel, note: string | undefined): void;
  /** A picture was predicted. */
  done(done: Done): void;
  /** A picture could not be. */
  failed(error: Error & { readonly id: string }): void;
  /** All were met; `next` is what to type after this, when there is something. */
  end(counts: { done: number; failed: number }, next?: string): void;
}

/** Lines for people; problems go to standard error. */
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

/** A JSON object in a line for each picture, and nothing else but on standard error. */
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

/** `depth-nano (depth-anything, sha256 1a2b3c4d)`, and what it predicts. */
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
  const { size, input, depth, said } = predicted;
  const line = [
    `${name}: ${size.width}×${size.height}`,
    ...input ? [`seen at ${input.width}×${input.height}`] : [],
    ...depth
      ? [`${depth.min.toPrecision(4)} to ${depth.max.toPrecision(4)}`]
      : [],
    `${seconds.toFixed(1)} s`,
  ].join(", ");
  const rest = said.flatMap((one) => otherText(one));
  return [
    file === undefined ? line : `${line} → ${file}`,
    ...rest.length > 0 ? [alignText(rest)] : [],
  ].join("\n");
}

/** What is said of a prediction that is no depth: the likeliest classes, the shape of features. */
function otherText(said: Said): string[][] {
  const { prediction: { hook, kind }, values: { shape } } = said;
  if (kind === "depth") return [];
  if (kind === "features") return [[hook, `features [${shape.join(", ")}]`]];
  return topClasses(said).map(({ label, probability }) => [
    probability.toFixed(3),
    label,
  ]);
}

/** The `most` likeliest classes of logits, by softmax. */
export function topClasses(
  { prediction: { labels }, values: { data } }: Said,
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
  const { size, input, depth, said } = predicted;
  return {
    picture: name,
    ...size,
    input,
    sha256,
    predictions: said.map((one) => ({
      ...one.prediction,
      labels: undefined,
      shape: one.values.shape,
      ...one.prediction.kind === "logits" && { top: topClasses(one) },
    })),
    ...depth && { min: depth.min, max: depth.max },
    file,
    seconds,
  };
}
