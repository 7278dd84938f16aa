/**
 * How the pictures of an exported model are prepared: by its options, and the
 * settings beside it.
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

/** How pictures are prepared for a model. Defaults are what the settings beside the model say, or else what is usual for ImageNet. */
export interface PreparationOptions {
  /** Height and width in pixels, or one number for both; by default as the model says. */
  readonly size?: number | Size | undefined;
  /** Whether they are stretched to that size, or first cropped to the middle part of its shape. */
  readonly fit?: "stretch" | "crop" | undefined;
  /** How they are resized. */
  readonly resample?: Filter | undefined;
  /** What levels of 0 to 255 are multiplied by. */
  readonly scale?: number | undefined;
  /** What is then subtracted. */
  readonly mean?: Colour | undefined;
  /** What they are then divided by. */
  readonly std?: Colour | undefined;
}

/** Stands for a size that is not known. */
const unknown: Size = { width: 0, height: 0 };

/**
 * How pictures for `input` of the model at `path` are prepared.
 *
 * @throws {ConfigError} When their size is not known, or the model does not take it.
 * @throws {FormatError} When the settings beside it ask for something that is
 * not supported, or for a size that the model does not take.
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

/** What `preprocessor_config.json` says, beside the model or above a folder `onnx`, where Hugging Face puts it. */
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
