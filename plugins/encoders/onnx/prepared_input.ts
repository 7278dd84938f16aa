/**
 * The options of an exported model and the settings beside it in, how its
 * pictures are made out.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { ConfigError, FormatError } from "../../../mod.ts";
import {
  imagenetStatistics,
  type Preprocessing,
  type Size,
} from "../pictures/preprocess.ts";
import {
  type Prepared,
  readPublished,
} from "../pictures/preprocessor_config.ts";
import type { Filter } from "../pictures/resize.ts";
import type { PictureInput } from "./picture_input.ts";

/** Red, green and blue. */
export type Colour = readonly [red: number, green: number, blue: number];

/** How pictures come to be what a model takes. What is absent is as the settings beside the model say, else as ImageNet's pictures are made. */
export interface PreparationOptions {
  /** Height and width in pixels, or both as one number; as the model says when absent. */
  readonly size?: number | Size | undefined;
  /** How pictures come to it: `"stretch"`, or `"crop"` to the middle that has its shape. */
  readonly fit?: "stretch" | "crop" | undefined;
  /** How they are resized. */
  readonly resample?: Filter | undefined;
  /** What levels of 0 to 255 are multiplied by. */
  readonly scale?: number | undefined;
  /** What is then subtracted. */
  readonly mean?: Colour | undefined;
  /** What is then divided by. */
  readonly std?: Colour | undefined;
}

/** A size that is not known. */
const unknown: Size = { width: 0, height: 0 };

/**
 * How pictures for `input` of the model at `path` are made.
 *
 * @throws {ConfigError} When its size is not known, or another one than it takes.
 * @throws {FormatError} When the settings beside it ask for something else than
 * is done here, or for another size.
 */
export async function preparedInput(
  path: string,
  input: PictureInput,
  options: PreparationOptions,
): Promise<Prepared> {
  const taken = {
    width: input.width ?? 0,
    height: input.height ?? 0,
  };
  const asked = typeof options.size === "number"
    ? { width: options.size, height: options.size }
    : options.size;
  const published = await readBeside(path, taken);
  const size = asked ?? (published?.size.width ? published.size : taken);
  checkSize(path, input, size, asked ? "size" : undefined);
  const { crop, ...rest } = published?.preprocessing ?? imagenet(size);
  const preprocessing: Preprocessing = {
    ...rest,
    ...(crop ? { crop } : {}),
    ...(options.resample ? { filter: options.resample } : {}),
    ...(options.scale === undefined ? {} : { scale: options.scale }),
    ...(options.mean ? { mean: options.mean } : {}),
    ...(options.std ? { std: options.std } : {}),
  };
  if (!asked && !options.fit) return { size, preprocessing };
  const { crop: _, ...whole } = preprocessing;
  const trim = options.fit === "crop";
  return { size, preprocessing: { ...whole, resize: size, trim } };
}

/** What `preprocessor_config.json` beside the model says, or above a folder `onnx`, as Hugging Face has it. */
async function readBeside(
  path: string,
  size: Size,
): Promise<Prepared | undefined> {
  const beside = dirname(path);
  const folders = basename(beside) === "onnx"
    ? [beside, join(beside, "..")]
    : [beside];
  for (const folder of folders) {
    const found = await readPublished({ path: folder }, size);
    if (found) return found;
  }
}

function imagenet(size: Size): Preprocessing {
  return {
    resize: size,
    filter: "bilinear",
    scale: 1 / 255,
    ...imagenetStatistics,
  };
}

function checkSize(
  path: string,
  input: PictureInput,
  { width, height }: Size,
  option: "size" | undefined,
): void {
  if (width === unknown.width || height === unknown.height) {
    throw new ConfigError(
      "encoder.size",
      `Cannot tell the size of the pictures that "${path}" takes: it takes any; give encoder.size, such as 224`,
    );
  }
  const fits = (input.width ?? width) === width &&
    (input.height ?? height) === height;
  if (fits) return;
  const takes = `it takes ${input.height ?? "any number"} high and ${
    input.width ?? "any number"
  } wide`;
  if (option) {
    throw new ConfigError(
      "encoder.size",
      `Cannot give "${path}" pictures ${height} pixels high and ${width} wide: ${takes}`,
    );
  }
  throw new FormatError(
    path,
    `Cannot use "${path}": its preprocessor_config.json makes pictures ${height} pixels high and ${width} wide, ${takes}; give encoder.size to make them so`,
  );
}
