/**
 * A model's folder and the size that is asked for in, how pictures are made out.
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

/** How pictures of any size come to one size, so that all give the same grid of tokens. */
export interface PictureOptions {
  /** Height and width in pixels, or both as one number; as `preprocessor_config.json` says when absent. */
  readonly size?: number | Size | undefined;
  /** How they come to it: `"stretch"`, or `"crop"` to the middle that has its shape; as that file says, else `"stretch"`, when absent. */
  readonly fit?: "stretch" | "crop" | undefined;
}

const pixels = z.int().positive();

/** The two options, as a plugin's schema holds them. */
export const pictureOptions = {
  size: z.union([pixels, z.strictObject({ height: pixels, width: pixels })])
    .optional().describe(
      "Pixels high and wide, or both by name: height, width; as the model's files say when absent",
    ),
  fit: z.enum(["stretch", "crop"]).optional().describe(
    "How pictures come to it; as the model's files say when absent",
  ),
};

/**
 * How pictures of a model with patches of `patch × patch` pixels are made.
 * Where its folder has no `preprocessor_config.json` they are `image × image`
 * pixels, bicubic, with `statistics`, ImageNet's when absent, and Depth Anything's keep their
 * shapes.
 *
 * @throws {ConfigError} When patches do not fill the size.
 * @throws {FormatError} When the file asks for something else than what is done here.
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
