/**
 * Writes what a model predicts from a picture to a file.
 *
 * @module
 */
import { dirname } from "node:path";
import { ExampleError } from "../../core/errors.ts";
import { replaceFile } from "../../core/files/replace_file.ts";
import {
  type TensorToWrite,
  writeSafetensors,
} from "../../core/files/safetensors.ts";
import { npyBytes } from "../../core/files/npy_bytes.ts";
import { type Colors, depthPng } from "./depth_png.ts";
import type { Predicted } from "./predict_picture.ts";
import { shown } from "../terminal/user_paths.ts";

/** Formats of predictions: `png` and `npy` hold depth, `safetensors` every prediction. */
export const formats = ["png", "npy", "safetensors"] as const;

/** A format of predictions. */
export type Format = typeof formats[number];

/** How a prediction is written. */
export interface PredictionFileOptions {
  /** The path of the file. */
  readonly path: string;
  /** The format to write. */
  readonly format: Format;
  /** The colour map of depth in a PNG. */
  readonly colors: Colors;
  /** What to store with a safetensors file: the names of the picture and the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes `predicted`, whole or not at all: depth at the picture's size as PNG or
 * as NPY `[height, width]`, or every prediction at the model's resolution as
 * safetensors.
 *
 * @throws {ExampleError} When the file cannot be written.
 */
export async function writePrediction(
  predicted: Predicted,
  options: PredictionFileOptions,
): Promise<void> {
  const { path } = options;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await write(predicted, options);
  } catch (cause) {
    if (!isFromSystem(cause)) throw cause;
    const name = shown(path);
    throw new ExampleError(name, `Cannot write "${name}": ${cause.message}`, {
      cause,
    });
  }
}

/** Whether the system refused. A full disk has a code, but no error class of its own. */
function isFromSystem(cause: unknown): cause is Error {
  return cause instanceof Deno.errors.NotCapable ||
    cause instanceof Error && "code" in cause;
}

async function write(
  predicted: Predicted,
  { path, format, colors, metadata }: PredictionFileOptions,
): Promise<void> {
  if (format === "safetensors") {
    return await writeSafetensors(path, ...everything(predicted, metadata));
  }
  const { depth, predictions } = predicted;
  const { meaning } =
    predictions.find(({ prediction }) => prediction.kind === "depth")!
      .prediction;
  const { data, width, height } = depth!;
  const bytes = format === "png"
    ? await depthPng(depth!, { ...depth!, colors, meaning })
    : npyBytes({ data, shape: [height, width] });
  await replaceFile(path, (write) => write(bytes));
}

/** A tensor for each prediction, named by its hook, and what each means. */
function everything(
  { predictions, size }: Predicted,
  metadata: Readonly<Record<string, string>>,
): [Record<string, TensorToWrite>, Record<string, string>] {
  return [
    Object.fromEntries(
      predictions.map(({ prediction, values: { data, shape } }) => [
        prediction.hook,
        { dtype: "F32", data, shape },
      ]),
    ),
    {
      ...metadata,
      width: `${size.width}`,
      height: `${size.height}`,
      ...Object.fromEntries(predictions.map(({ prediction }) => [
        prediction.hook,
        `${prediction.kind}: ${prediction.meaning}`,
      ])),
    },
  ];
}
