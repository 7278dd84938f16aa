/**
 * Reads Hugging Face's `preprocessor_config.json`.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { FormatError } from "../../../mod.ts";
import { type ModelFolder, readSettings } from "../checkpoint/model_folder.ts";
import {
  halfStatistics,
  outputSize,
  type Preprocessing,
  type Size,
} from "./preprocess.ts";
import type { Filter } from "./resize.ts";

const file = "preprocessor_config.json";

/** Filters by their numbers in Pillow. */
const filters: Readonly<Record<number, Filter>> = {
  2: "bilinear",
  3: "bicubic",
};

const pixels = z.int().positive();
const square = pixels.transform((side): Size => ({
  width: side,
  height: side,
}));
const rectangle = z.object({ height: pixels, width: pixels });
const shortest = z.object({ shortest_edge: pixels })
  .transform(({ shortest_edge }) => ({ shortestEdge: shortest_edge }));
const colour = z.tuple([z.number(), z.number(), z.number()]);

const schema = z.object({
  do_resize: z.literal(true, {
    error: "only true is supported, since pictures come in any size",
  }).default(true),
  size: z.union([square, rectangle, shortest], {
    error: "expected a number of pixels, height and width, or shortest_edge",
  }).optional(),
  resample: z.int().default(2)
    .refine((resample) => resample in filters, {
      error: "supported are 2 (bilinear) and 3 (bicubic)",
    }),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([square, rectangle], {
    error: "expected a number of pixels, or height and width",
  }).nullish(),
  do_rescale: z.boolean().default(true),
  rescale_factor: z.number().default(1 / 255),
  do_pad: z.literal(false, { error: "only false is supported" }).nullish(),
  keep_aspect_ratio: z.boolean().default(false),
  do_normalize: z.boolean().default(true),
  image_mean: colour.default([...halfStatistics.mean]),
  image_std: colour.default([...halfStatistics.std]),
});

/** How pictures are prepared, and the size that they get. */
export interface Prepared {
  /** How they are prepared. */
  readonly preprocessing: Preprocessing;
  /** Their width and height. */
  readonly size: Size;
  /**
   * Whether the model's own processor instead keeps the shapes of pictures and
   * brings them near that size (`keep_aspect_ratio` of Hugging Face's
   * `DPTImageProcessor`).
   */
  readonly keepsShape?: boolean;
}

/**
 * How pictures as large as `image` are prepared for the model in
 * `folder`. The defaults of its `preprocessor_config.json` are those of Hugging
 * Face's `ViTImageProcessor`.
 *
 * @throws {FormatError} When it asks for something that is not supported, or
 * for pictures of another size.
 */
export async function readPreprocessing(
  folder: ModelFolder,
  image: Size,
): Promise<Preprocessing> {
  const made = await readPublished(folder, image) ??
    {
      preprocessing: fromSettings(schema.parse({}), image),
      size: image,
    };
  const { width, height } = made.size;
  if (width !== image.width || height !== image.height) {
    const path = join(folder.path, file);
    throw new FormatError(
      path,
      `Cannot use "${path}": it makes pictures of ${width}×${height} pixels, config.json asks for ${image.width}×${image.height}`,
    );
  }
  return made.preprocessing;
}

/**
 * What the `preprocessor_config.json` of a model says, whatever the size;
 * `image` is the size when it names none. `undefined` when there is no such file.
 *
 * @throws {FormatError} When it asks for something that is not supported.
 */
export async function readPublished(
  folder: Pick<ModelFolder, "path">,
  image: Size,
): Promise<Prepared | undefined> {
  const settings = await readSettings(folder, file, schema);
  if (!settings) return undefined;
  const preprocessing = fromSettings(settings, image);
  const size = outputSize(preprocessing);
  const fail = (why: string): never => {
    const path = join(folder.path, file);
    throw new FormatError(path, `Cannot use "${path}": ${why}`);
  };
  if (size === undefined) {
    return fail(`size.shortest_edge needs do_center_crop and crop_size`);
  }
  const { resize } = preprocessing;
  const [across, down] = "width" in resize
    ? [resize.width, resize.height]
    : [resize.shortestEdge, resize.shortestEdge];
  if (across < size.width || down < size.height) {
    fail(
      `it resizes to ${
        Math.min(across, down)
      } pixels and then crops to ${size.width}`,
    );
  }
  return { preprocessing, size, keepsShape: settings.keep_aspect_ratio };
}

function fromSettings(
  settings: z.output<typeof schema>,
  image: Size,
): Preprocessing {
  return {
    resize: settings.size ?? image,
    filter: filters[settings.resample]!,
    ...(settings.do_center_crop ? { crop: settings.crop_size ?? image } : {}),
    scale: settings.do_rescale ? settings.rescale_factor : 1,
    mean: settings.do_normalize ? settings.image_mean : [0, 0, 0],
    std: settings.do_normalize ? settings.image_std : [1, 1, 1],
  };
}
