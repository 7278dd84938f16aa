/**
 * A Depth Anything's folder and what is asked for in, how its pictures are made out.
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
 * Whose preprocessing a model's pictures go through:
 *
 * - `"hf"`: Hugging Face's, bytes resized by Pillow, as `preprocessor_config.json` says;
 * - `"original"`: the original code's, floats resized by OpenCV. Pictures come
 *   out larger where they are not square, and their values differ.
 */
export type DepthProcessor = "hf" | "original";

/** What is asked for. */
export interface DepthPictureOptions extends PictureOptions {
  /** Whose preprocessing it is; `"hf"` when absent. */
  readonly processor?: DepthProcessor | undefined;
}

/** How the pictures of a Depth Anything are made. */
export interface DepthPictures {
  /** The size that all of them come to. */
  readonly size: Size;
  /** What is done to them, for provenance. */
  readonly description: string;
  /**
   * How those of this size are made at the size that is best for them, where
   * the processor keeps their shape and no size is asked for.
   */
  fitted(picture: Size): DepthPictures | undefined;
  /** The part of one of this size that is kept. */
  view(picture: Size): View;
  /** Writes them to `pixels`, `[images, 3, height, width]`. */
  make(images: readonly RgbImage[], pixels: Float32Array): Promise<void>;
}

/**
 * How pictures are made for a model with patches of `patch × patch` pixels.
 *
 * @throws {ConfigError} When patches do not fill the size.
 * @throws {FormatError} When `preprocessor_config.json` asks for something else
 * than what is done here.
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
