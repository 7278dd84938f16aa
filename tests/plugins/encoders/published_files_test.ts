/**
 * Settings of models as they are published at the Hugging Face hub, without
 * those that the networks' code does not read.
 *
 * @module
 */
import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import {
  depthAnythingSchema,
  dptSizes,
  versionsOf,
} from "../../../plugins/encoders/depth_anything/depth_anything_config.ts";
import { dinov2Schema } from "../../../plugins/encoders/dinov2/dinov2_config.ts";
import {
  halfStatistics,
  imagenetStatistics,
} from "../../../plugins/encoders/pictures/preprocess.ts";
import {
  type Prepared,
  readPublished,
} from "../../../plugins/encoders/pictures/preprocessor_config.ts";

/** How the backbones and heads of Depth Anything differ. */
const widths = {
  small: { hidden: 384, heads: 6, neck: [48, 96, 192, 384], fusion: 64 },
  base: { hidden: 768, heads: 12, neck: [96, 192, 384, 768], fusion: 128 },
  large: { hidden: 1024, heads: 16, neck: [256, 512, 1024, 1024], fusion: 256 },
} as const;

/** A Depth Anything's `config.json`; those with 12 blocks do not say how many they have. */
function depthConfig(
  width: keyof typeof widths,
  taps: readonly number[],
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { hidden, heads, neck, fusion } = widths[width];
  return {
    _commit_hash: null,
    architectures: ["DepthAnythingForDepthEstimation"],
    backbone: null,
    backbone_config: {
      architectures: ["Dinov2Model"],
      hidden_size: hidden,
      image_size: 518,
      model_type: "dinov2",
      num_attention_heads: heads,
      ...width === "large" ? { num_hidden_layers: 24 } : {},
      out_features: taps.map((tap) => `stage${tap}`),
      out_indices: taps,
      patch_size: 14,
      reshape_hidden_states: false,
      torch_dtype: "float32",
    },
    fusion_hidden_size: fusion,
    head_hidden_size: 32,
    head_in_index: -1,
    initializer_range: 0.02,
    model_type: "depth_anything",
    neck_hidden_sizes: neck,
    patch_size: 14,
    reassemble_factors: [4, 2, 1, 0.5],
    reassemble_hidden_size: hidden,
    torch_dtype: "float32",
    transformers_version: null,
    use_pretrained_backbone: false,
    ...more,
  };
}

const metric = (max_depth: number) => ({
  depth_estimation_type: "metric",
  max_depth,
});

/** Models, their taps, and their other settings. */
const depthModels: readonly [
  string,
  keyof typeof widths,
  1 | 2,
  readonly number[],
  Readonly<Record<string, unknown>>,
][] = [
  ["depth-anything-small-hf", "small", 1, [9, 10, 11, 12], {}],
  ["depth-anything-base-hf", "base", 1, [9, 10, 11, 12], {}],
  ["depth-anything-large-hf", "large", 1, [21, 22, 23, 24], {}],
  ["Depth-Anything-V2-Small-hf", "small", 2, [3, 6, 9, 12], {}],
  ["Depth-Anything-V2-Base-hf", "base", 2, [3, 6, 9, 12], {}],
  ["Depth-Anything-V2-Large-hf", "large", 2, [5, 12, 18, 24], {}],
  [
    "Depth-Anything-V2-Metric-Indoor-Small-hf",
    "small",
    2,
    [3, 6, 9, 12],
    metric(20),
  ],
  [
    "Depth-Anything-V2-Metric-Outdoor-Small-hf",
    "small",
    2,
    [3, 6, 9, 12],
    metric(80),
  ],
];

for (const [name, width, version, taps, more] of depthModels) {
  Deno.test(`depthAnythingSchema accepts the settings of ${name}`, () => {
    const layers = width === "large" ? 24 : 12;
    const settings = depthAnythingSchema.parse(depthConfig(width, taps, more));
    const sizes = dptSizes(settings, layers, "config.json");
    deepEqual(sizes, {
      taps,
      normalised: true,
      channels: widths[width].neck,
      factors: [4, 2, 1, 0.5],
      fusion: widths[width].fusion,
      head: 32,
      headFrom: 3,
      metric: "max_depth" in more,
      maxDepth: more.max_depth ?? 1,
    });
    deepEqual(versionsOf(sizes.taps, layers), [version]);
  });
}

/** `config.json` of dinov2-giant. */
const giant = {
  architectures: ["Dinov2Model"],
  hidden_act: "gelu",
  hidden_size: 1536,
  image_size: 518,
  layer_norm_eps: 1e-6,
  layerscale_value: 1,
  mlp_ratio: 4,
  model_type: "dinov2",
  num_attention_heads: 24,
  num_channels: 3,
  num_hidden_layers: 40,
  patch_size: 14,
  qkv_bias: true,
  torch_dtype: "float32",
  use_swiglu_ffn: true,
};

Deno.test("dinov2Schema accepts the settings of dinov2-giant, with and without registers", () => {
  const { hidden_size, use_swiglu_ffn } = dinov2Schema.parse(giant);
  deepEqual({ hidden_size, use_swiglu_ffn }, {
    hidden_size: 1536,
    use_swiglu_ffn: true,
  });
  const model_type = "dinov2_with_registers";
  const { num_register_tokens } = dinov2Schema.parse({
    ...giant,
    model_type,
    num_register_tokens: 4,
  });
  equal(num_register_tokens, 4);
});

const imagenet = {
  image_mean: imagenetStatistics.mean,
  image_std: imagenetStatistics.std,
};
const half = { image_mean: halfStatistics.mean, image_std: halfStatistics.std };
const always = { do_normalize: true, do_resize: true };
const rescale = { do_rescale: true, rescale_factor: 0.00392156862745098 };
const square = (side: number) => ({ height: side, width: side });

/** How pictures are prepared for ViT and DeiT. */
const asViT: Prepared = {
  preprocessing: {
    resize: square(224),
    filter: "bilinear",
    scale: 1 / 255,
    ...halfStatistics,
  },
  size: square(224),
  keepsShape: false,
};

/** A `preprocessor_config.json`, and how pictures are then prepared. */
const processors: readonly [
  string,
  Readonly<Record<string, unknown>>,
  Prepared,
][] = [
  [
    "Depth Anything",
    {
      _valid_processor_keys: ["images", "do_resize", "size"],
      ...always,
      ...rescale,
      ...imagenet,
      do_pad: false,
      ensure_multiple_of: 14,
      image_processor_type: "DPTImageProcessor",
      keep_aspect_ratio: true,
      resample: 3,
      size: square(518),
      size_divisor: null,
    },
    {
      preprocessing: {
        resize: square(518),
        filter: "bicubic",
        scale: 1 / 255,
        ...imagenetStatistics,
      },
      size: square(518),
      keepsShape: true,
    },
  ],
  [
    "DINOv2",
    {
      ...always,
      ...rescale,
      ...imagenet,
      crop_size: square(224),
      do_center_crop: true,
      do_convert_rgb: true,
      image_processor_type: "BitImageProcessor",
      resample: 3,
      size: { shortest_edge: 256 },
    },
    {
      preprocessing: {
        resize: { shortestEdge: 256 },
        filter: "bicubic",
        crop: square(224),
        scale: 1 / 255,
        ...imagenetStatistics,
      },
      size: square(224),
      keepsShape: false,
    },
  ],
  [
    "vit-base-patch16-224 and deit-tiny-patch16-224",
    { ...always, ...half, size: 224 },
    asViT,
  ],
  [
    "deit-tiny-distilled-patch16-224",
    {
      ...always,
      ...imagenet,
      crop_size: 224,
      do_center_crop: true,
      feature_extractor_type: "DeiTFeatureExtractor",
      resample: 3,
      size: 256,
    },
    {
      preprocessing: {
        resize: square(256),
        filter: "bicubic",
        crop: square(224),
        scale: 1 / 255,
        ...imagenetStatistics,
      },
      size: square(224),
      keepsShape: false,
    },
  ],
  [
    "what ViTImageProcessorFast saves",
    {
      ...always,
      ...rescale,
      ...half,
      crop_size: null,
      data_format: "channels_first",
      default_to_square: true,
      device: null,
      disable_grouping: null,
      do_center_crop: null,
      do_convert_rgb: null,
      do_pad: null,
      image_processor_type: "ViTImageProcessorFast",
      input_data_format: null,
      pad_size: null,
      resample: 2,
      return_tensors: null,
      size: square(224),
    },
    asViT,
  ],
];

for (const [name, says, expected] of processors) {
  Deno.test(`readPublished() accepts the preprocessor_config.json of ${name}`, async () => {
    const path = await Deno.makeTempDir();
    try {
      await Deno.writeTextFile(
        join(path, "preprocessor_config.json"),
        JSON.stringify(says),
      );
      deepEqual(await readPublished({ path }, square(99)), expected);
    } finally {
      await Deno.remove(path, { recursive: true });
    }
  });
}
