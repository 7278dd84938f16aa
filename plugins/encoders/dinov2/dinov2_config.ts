/**
 * The settings of a DINOv2 as Hugging Face writes them, checked against its
 * weights.
 *
 * @module
 */
import { z } from "zod";
import { side } from "../checkpoint/sides.ts";
import type { SafetensorsHeader } from "../../../mod.ts";
import { checkSizes, countLayers } from "../transformer/vit_checkpoint.ts";
import type { Dinov2Sizes } from "./dinov2_graph.ts";

const size = z.int().positive();

const found = (input: unknown): string => `found ${JSON.stringify(input)}`;

/** What is read from a DINOv2's settings; defaults are those of Hugging Face's `Dinov2Config`. */
export const dinov2Schema = z.object({
  model_type: z.enum(["dinov2", "dinov2_with_registers"], {
    error: ({ input }) =>
      `${found(input)}, supported are "dinov2" and "dinov2_with_registers"` +
      (input === "depth_anything"
        ? '; for Depth Anything use the encoder "depth-anything"'
        : input === "vit" || input === "deit"
        ? '; for ViT and DeiT use the encoder "vit"'
        : ""),
  }),
  hidden_size: size.default(768),
  num_hidden_layers: size.optional(),
  num_attention_heads: size.default(12),
  mlp_ratio: z.number().positive().default(4),
  hidden_act: z.literal("gelu", {
    error: ({ input }) => `${found(input)}, supported is "gelu"`,
  }).default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-6),
  image_size: side.default(224),
  patch_size: side.default(14),
  num_channels: z.literal(3).default(3),
  qkv_bias: z.boolean().default(true),
  use_swiglu_ffn: z.boolean().default(false),
  num_register_tokens: z.int().positive().default(4),
});

/** Settings of a DINOv2. */
export type Dinov2Settings = z.output<typeof dinov2Schema>;

/**
 * The sizes that `settings` ask for; the names of the tensors begin with
 * `prefix`.
 *
 * @throws {FormatError} When they do not fit each other or the tensors.
 */
export function dinov2Sizes(
  settings: Dinov2Settings,
  weights: SafetensorsHeader,
  prefix: string,
): Dinov2Sizes {
  const layers = countLayers(weights, prefix, settings.num_hidden_layers);
  const dModel = settings.hidden_size, heads = settings.num_attention_heads;
  checkSizes({ layers, dModel, heads }, weights);
  return {
    layers,
    dModel,
    heads,
    dMlp: widthOfMlp(settings),
    gated: settings.use_swiglu_ffn,
    patch: settings.patch_size,
    learned: Math.floor(settings.image_size / settings.patch_size),
    registers: settings.model_type === "dinov2"
      ? 0
      : settings.num_register_tokens,
    epsilon: settings.layer_norm_eps,
    qkvBias: settings.qkv_bias,
  };
}

/** A gated MLP has two thirds of the width, rounded up to a multiple of 8, and so about as many weights. */
function widthOfMlp(
  { hidden_size, mlp_ratio, use_swiglu_ffn }: Dinov2Settings,
): number {
  const width = Math.trunc(hidden_size * mlp_ratio);
  if (!use_swiglu_ffn) return width;
  return Math.floor((Math.trunc(width * 2 / 3) + 7) / 8) * 8;
}
