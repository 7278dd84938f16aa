/**
 * What Hugging Face's image processors do where a file does not say otherwise.
 *
 * @module
 */
import { halfStatistics, imagenetStatistics } from "./preprocess.ts";

/** Mean and standard deviation of the colours that CLIP was trained with. */
export const clipStatistics = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
} as const;

/** An image processor: its defaults, and what its settings mean. */
export interface Processor {
  /** What a `size` of one number means. */
  readonly integer: "both sides" | "shortest edge";
  /** The filter's number in Pillow. */
  readonly resample: number;
  /** Whether it crops, and to how many pixels. */
  readonly crop?: number;
  /** Mean and standard deviation of colours; it does not normalise when absent. */
  readonly statistics?: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  /** Whether red and blue change places. */
  readonly flips?: true;
  /**
   * How `size.shortest_edge` is read, where not as it is written:
   *
   * - `"256/224"`: the shortest edge becomes that many times longer before the crop;
   * - `"crop_pct"`: the shortest edge becomes `1 / crop_pct` times longer, and
   *   `crop_size` is cut out;
   * - `"crop_pct below 384"`: so, and that many pixels are cut out; from 384 on
   *   pictures are stretched to a square.
   */
  readonly rule?: "256/224" | "crop_pct" | "crop_pct below 384";
  /** `crop_pct` where the file names none. */
  readonly cropPct?: number;
}

const squares = { integer: "both sides" } as const;
const edges = { integer: "shortest edge" } as const;

const cropsClip: Processor = {
  ...edges,
  resample: 3,
  crop: 224,
  statistics: clipStatistics,
};

const mobileNet: Processor = {
  ...edges,
  resample: 2,
  crop: 224,
  statistics: halfStatistics,
};

/**
 * Processors by their name, as transformers 4.57 has them. The `Fast` version
 * of each is the same but for the last grey level: it resizes with torchvision
 * instead of Pillow.
 */
export const processors: Readonly<Record<string, Processor>> = {
  ViTImageProcessor: { ...squares, resample: 2, statistics: halfStatistics },
  DeiTImageProcessor: {
    ...squares,
    resample: 3,
    crop: 224,
    statistics: halfStatistics,
  },
  BeitImageProcessor: {
    ...squares,
    resample: 3,
    crop: 224,
    statistics: halfStatistics,
  },
  BitImageProcessor: cropsClip,
  CLIPImageProcessor: cropsClip,
  ChineseCLIPImageProcessor: cropsClip,
  ViTHybridImageProcessor: cropsClip,
  SiglipImageProcessor: { ...squares, resample: 3, statistics: halfStatistics },
  DINOv3ViTImageProcessor: {
    ...squares,
    resample: 2,
    statistics: imagenetStatistics,
  },
  DPTImageProcessor: { ...squares, resample: 3, statistics: halfStatistics },
  SegformerImageProcessor: {
    ...squares,
    resample: 2,
    statistics: imagenetStatistics,
  },
  ConvNextImageProcessor: {
    ...edges,
    resample: 2,
    statistics: halfStatistics,
    rule: "crop_pct below 384",
    cropPct: 224 / 256,
  },
  LevitImageProcessor: {
    ...edges,
    resample: 3,
    crop: 224,
    statistics: imagenetStatistics,
    rule: "256/224",
  },
  MobileViTImageProcessor: { ...edges, resample: 2, crop: 256, flips: true },
  MobileNetV1ImageProcessor: mobileNet,
  MobileNetV2ImageProcessor: mobileNet,
  PoolFormerImageProcessor: {
    ...edges,
    resample: 3,
    crop: 224,
    statistics: imagenetStatistics,
    rule: "crop_pct",
    cropPct: 0.9,
  },
};

/** The name without what tells versions apart: `ViTFeatureExtractor`, `ViTImageProcessorFast`. */
export function processorName(written: string): string {
  return written.replace(/FeatureExtractor$/, "ImageProcessor")
    .replace(/(ImageProcessor)(Fast|Pil)$/, "$1");
}
