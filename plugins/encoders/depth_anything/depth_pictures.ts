/**
 * How the pictures of a Depth Anything are prepared.
 *
 * @module
 */
import type { RgbImage, View } from "../../../mod.ts";
import type { ModelFolder } from "../checkpoint/model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  type Size,
  viewOf,
} from "../pictures/preprocess.ts";
import type { Prepared } from "../pictures/preprocessor_config.ts";
import { describeOriginal, originalPictures } from "./original_pictures.ts";
import {
  type PictureOptions,
  preparedAt,
  preparedPictures,
} from "../pictures/prepared_pictures.ts";
import { targetSize } from "./target_size.ts";

/**
 * Whose preprocessing is used:
 *
 * - `"hf"`: Hugging Face's, which resizes bytes as Pillow does and follows
 *   `preprocessor_config.json`;
 * - `"original"`: that of the original code, which resizes floats as OpenCV does.
 *   Pictures that are not square come out larger, and values differ.
 */
export type DepthProcessor = "hf" | "original";

/** Options for {@linkcode depthPictures}. */
export interface DepthPictureOptions extends PictureOptions {
  /** Whose preprocessing is used; `"hf"` when absent. */
  readonly processor?: DepthProcessor | undefined;
}

/** How the pictures of a Depth Anything are prepared. */
export interface DepthPictures {
  /** The size that all of them are brought to. */
  readonly size: Size;
  /** What is done to them, for provenance. */
  readonly description: string;
  /**
   * How a picture of this size is prepared at the size that the processor would
   * choose for it, if it keeps shapes and no size is asked for.
   */
  fitted(picture: Size): DepthPictures | undefined;
  /** The part of a picture of this size that is kept. */
  view(picture: Size): View;
  /** Writes them to `pixels`, `[images, 3, height, width]`. */
  make(images: readonly RgbImage[], pixels: Float32Array): Promise<void>;
}

/**
 * How pictures are prepared for a model with patches of `patch × patch` pixels.
 *
 * @throws {ConfigError} When whole patches do not fill the size.
 * @throws {FormatError} When `preprocessor_config.json` asks for something that
 * is not supported.
 */
export async function depthPictures(
  folder: ModelFolder,
  { image, patch }: { readonly image: number; readonly patch: number },
  options: DepthPictureOptions,
): Promise<DepthPictures> {
  const original = options.processor === "original";
  const own = await preparedPictures(folder, { image, patch }, options);
  const near = { near: own.size, multiple: patch, covering: original };
  const keepsShape = options.size === undefined &&
    (original || own.keepsShape);
  const at = (prepared: Prepared): DepthPictures => ({
    size: prepared.size,
    ...(original ? byOriginal(prepared.size, options) : byFiles(prepared)),
    fitted: (picture) =>
      keepsShape
        ? at(preparedAt(own, targetSize(picture, near), options.fit))
        : undefined,
  });
  return at(own);
}

function byFiles(
  { size, preprocessing }: Prepared,
): Pick<DepthPictures, "description" | "view" | "make"> {
  return {
    description: describePreprocessing(preprocessing),
    view: (picture) => viewOf(picture, preprocessing),
    make: (images, pixels) => preprocess(images, preprocessing, size, pixels),
  };
}

function byOriginal(
  size: Size,
  { fit }: DepthPictureOptions,
): Pick<DepthPictures, "description" | "view" | "make"> {
  const made = { size, trim: fit === "crop" };
  return {
    description: describeOriginal(made),
    view: (picture) => viewOf(picture, { resize: size, trim: made.trim }),
    make: (images, pixels) => originalPictures(images, made, pixels),
  };
}
