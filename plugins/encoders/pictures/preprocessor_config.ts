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
  imagenetStatistics,
  outputSize,
  type Preprocessing,
  type Size,
} from "./preprocess.ts";
import { type Processor, processorName, processors } from "./processors.ts";
import type { Filter } from "./resize.ts";

const file = "preprocessor_config.json";

/** Filters by their numbers in Pillow. */
const filters: Readonly<Record<number, Filter>> = {
  0: "nearest",
  1: "lanczos",
  2: "bilinear",
  3: "bicubic",
  4: "box",
  5: "hamming",
};

const pixels = z.int().positive();
const square = pixels.transform((side): Size => ({
  width: side,
  height: side,
}));
const rectangle = z.strictObject({ height: pixels, width: pixels });
const shortest = z.strictObject({ shortest_edge: pixels });
const colours = z.union([
  z.number().transform((one) => [one, one, one] as const),
  z.tuple([z.number()]).transform(([one]) => [one, one, one] as const),
  z.tuple([z.number(), z.number(), z.number()]),
], { error: "expected a number, or one for each of red, green and blue" });

const schema = z.object({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  do_resize: z.literal(true, {
    error: "only true is supported, since pictures come in any size",
  }).nullish(),
  size: z.union([pixels, rectangle, shortest], {
    error: "expected a number of pixels, height and width, or shortest_edge",
  }).nullish(),
  resample: z.int().refine((resample) => resample in filters, {
    error:
      "supported are Pillow's: 0 (nearest), 1 (lanczos), 2 (bilinear), 3 (bicubic), 4 (box), 5 (hamming)",
  }).nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: z.union([square, rectangle], {
    error: "expected a number of pixels, or height and width",
  }).nullish(),
  crop_pct: z.number().positive().nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().default(1 / 255),
  rescale_offset: z.boolean().nullish(),
  offset: z.boolean().nullish(),
  do_pad: z.literal(false, { error: "only false is supported" }).nullish(),
  keep_aspect_ratio: z.boolean().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: colours.nullish(),
  image_std: colours.nullish(),
  do_flip_channel_order: z.boolean().nullish(),
});

type Settings = z.output<typeof schema>;

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
 * `folder`: as the processor does that its `preprocessor_config.json` names,
 * Hugging Face's `ViTImageProcessor` where there is none.
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
      preprocessing: fromSettings(
        schema.parse({}),
        processors.ViTImageProcessor!,
        image,
      ),
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
  const path = join(folder.path, file);
  const preprocessing = fromSettings(
    settings,
    processorOf(settings, path),
    image,
  );
  const size = outputSize(preprocessing);
  if (size === undefined) {
    throw new FormatError(
      path,
      `Cannot use "${path}": size.shortest_edge needs do_center_crop and crop_size`,
    );
  }
  const keepsShape = settings.keep_aspect_ratio ?? false;
  return { preprocessing, size, keepsShape };
}

/** The processor that a file names: its own words decide what `size` means. A file that names none is a ViT's. */
function processorOf(settings: Settings, path: string): Processor {
  const written = settings.image_processor_type ??
    settings.feature_extractor_type ?? "ViTImageProcessor";
  const name = processorName(written);
  if (Object.hasOwn(processors, name)) return processors[name]!;
  const known = Object.keys(processors).map((name) => `"${name}"`).join(", ");
  throw new FormatError(
    path,
    `Cannot use "${path}": it is of the processor "${written}", which prepares pictures in its own way; known are ${known}, and their Fast versions`,
  );
}

function fromSettings(
  settings: Settings,
  processor: Processor,
  image: Size,
): Preprocessing {
  const { statistics } = processor;
  const isNormal = settings.do_normalize ?? statistics !== undefined;
  const { mean, std } = statistics ?? imagenetStatistics;
  const flips = settings.do_flip_channel_order ?? processor.flips ?? false;
  const shifts = settings.rescale_offset ?? settings.offset ?? false;
  const rescales = settings.do_rescale ?? true;
  return {
    ...sizesOf(settings, processor, image),
    filter: filters[settings.resample ?? processor.resample]!,
    scale: rescales ? settings.rescale_factor : 1,
    ...rescales && shifts && { offset: -1 },
    ...flips && { flips },
    mean: isNormal ? triple(settings.image_mean ?? mean) : [0, 0, 0],
    std: isNormal ? triple(settings.image_std ?? std) : [1, 1, 1],
  };
}

function triple([a, b, c]: readonly number[]): Preprocessing["mean"] {
  return [a!, b!, c!];
}

/** How pictures are resized and cropped, by the processor's own rule. */
function sizesOf(
  settings: Settings,
  processor: Processor,
  image: Size,
): Pick<Preprocessing, "resize" | "crop"> {
  const resize = writtenSize(settings, processor) ?? image;
  const isCropped = settings.do_center_crop ?? processor.crop !== undefined;
  const usual = settings.size == null || processor.crop === undefined
    ? image
    : { width: processor.crop, height: processor.crop };
  const crop = isCropped ? { crop: settings.crop_size ?? usual } : {};
  if (processor.rule === undefined) return { resize, ...crop };
  return byRule(
    processor.rule,
    resize,
    crop,
    settings.crop_pct ?? processor.cropPct,
  );
}

function byRule(
  rule: NonNullable<Processor["rule"]>,
  resize: Preprocessing["resize"],
  crop: { readonly crop?: Size },
  cropPct = 1,
): Pick<Preprocessing, "resize" | "crop"> {
  if ("width" in resize) {
    if (rule !== "crop_pct") return { resize, ...crop };
    const { width, height } = resize;
    const longer = (side: number) => Math.trunc(side / cropPct);
    const size = width === height
      ? { shortestEdge: longer(height) }
      : { width: longer(width), height: longer(height) };
    return { resize: size, ...crop };
  }
  const { shortestEdge } = resize;
  if (rule === "256/224") {
    return {
      resize: { shortestEdge: Math.trunc(256 / 224 * shortestEdge) },
      ...crop,
    };
  }
  const larger = { shortestEdge: Math.trunc(shortestEdge / cropPct) };
  if (rule === "crop_pct") return { resize: larger, ...crop };
  const square = { width: shortestEdge, height: shortestEdge };
  return shortestEdge < 384
    ? { resize: larger, crop: square }
    : { resize: square };
}

function writtenSize(
  { size }: Settings,
  { integer }: Processor,
): Preprocessing["resize"] | undefined {
  if (size == null) return undefined;
  if (typeof size === "number") {
    return integer === "both sides"
      ? { width: size, height: size }
      : { shortestEdge: size };
  }
  return "shortest_edge" in size ? { shortestEdge: size.shortest_edge } : size;
}
