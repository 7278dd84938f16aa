/**
 * How a model's pictures are prepared: as its files say, unless a run's options
 * say otherwise.
 *
 * @module
 */
import { z } from "zod";
import { ConfigError } from "../../../mod.ts";
import type { ModelFolder } from "../checkpoint/model_folder.ts";
import {
  imagenetStatistics,
  type Preprocessing,
  type Size,
} from "./preprocess.ts";
import { type Prepared, readPublished } from "./preprocessor_config.ts";

/** How pictures of any size are brought to one size, so that all give the same grid of tokens. */
export interface PictureOptions {
  /** Height and width in pixels, or one number for both; by default as `preprocessor_config.json` says. */
  readonly size?: number | Size | undefined;
  /** Whether they are stretched to that size, or first cropped to the middle part of its shape; by default as that file says, or else stretched. */
  readonly fit?: "stretch" | "crop" | undefined;
}

const pixels = z.int().positive();

/** The two options, as they stand in a plugin's schema. */
export const pictureOptions = {
  size: z.union([pixels, z.strictObject({ height: pixels, width: pixels })])
    .optional().describe(
      "Size of the pictures in pixels: one number, or height and width; by default as the model's files say",
    ),
  fit: z.enum(["stretch", "crop"]).optional().describe(
    "How pictures come to that size: stretch, or crop to the middle part of its shape; by default as the model's files say",
  ),
};

/**
 * How the pictures of a model with patches of `patch × patch` pixels are
 * prepared. Without a `preprocessor_config.json` they are resized bicubically to
 * `image × image` pixels and normalised with `statistics`, by default
 * ImageNet's, and Depth Anything keeps their shapes.
 *
 * @throws {ConfigError} When whole patches do not fill the size.
 * @throws {FormatError} When the file asks for something that is not supported.
 */
export async function preparedPictures(
  folder: ModelFolder,
  { image, patch, statistics = imagenetStatistics }: {
    readonly image: number;
    readonly patch: number;
    readonly statistics?: Pick<Preprocessing, "mean" | "std">;
  },
  { size: asked, fit }: PictureOptions,
): Promise<Prepared> {
  const square = { width: image, height: image };
  const published = await readPublished(folder, square) ?? {
    preprocessing: {
      resize: square,
      filter: "bicubic",
      scale: 1 / 255,
      ...statistics,
    },
    size: square,
    keepsShape: true,
  };
  const size = typeof asked === "number"
    ? { width: asked, height: asked }
    : asked ?? published.size;
  checkSize(size, patch);
  if (asked === undefined && fit === undefined) return published;
  return preparedAt(published, size, fit);
}

/** The same preparation for pictures of `size`. */
export function preparedAt(
  prepared: Prepared,
  size: Size,
  fit: PictureOptions["fit"],
): Prepared {
  const { crop: _, ...rest } = prepared.preprocessing;
  const preprocessing = { ...rest, resize: size, trim: fit === "crop" };
  return { ...prepared, size, preprocessing };
}

function checkSize({ width, height }: Size, patch: number): void {
  if (width % patch === 0 && height % patch === 0) return;
  const near = (side: number): number =>
    Math.max(1, Math.round(side / patch)) * patch;
  throw new ConfigError(
    "encoder.size",
    `Cannot cut pictures ${height} pixels high and ${width} wide into patches of ${patch}: give multiples of ${patch}, such as ${
      near(height)
    } and ${near(width)}`,
  );
}
