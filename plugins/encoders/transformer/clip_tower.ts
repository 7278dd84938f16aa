/**
 * What the vision towers of CLIP and SigLIP have in common: their settings, and
 * the names of their tensors.
 *
 * @module
 */
import { z } from "zod";
import { side } from "../checkpoint/sides.ts";
import type { ModelFolder } from "../checkpoint/model_folder.ts";
import type { Builder } from "../network/builder.ts";
import { activations } from "./activation.ts";
import { positions } from "./positions.ts";
import type { Grid, TowerLayout } from "./tower_encoder.ts";
import { checkSizes, countLayers, findPrefix } from "./vit_checkpoint.ts";

const size = z.int().positive();

/** What is read of a tower's settings, beside what differs. */
export const towerSettings = {
  hidden_size: size.default(768),
  num_hidden_layers: size.optional(),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  image_size: side.default(224),
  num_channels: z.literal(3).default(3),
};

/** The activation of a tower, `usual` when its settings name none. */
export function towerActivation(usual: (typeof activations)[number]) {
  return z.enum(activations).default(usual);
}

/** A tower's settings. */
export interface TowerSettings {
  /** Length of a token. */
  readonly hidden_size: number;
  /** Number of blocks, where they say it. */
  readonly num_hidden_layers?: number | undefined;
  /** Attention heads. */
  readonly num_attention_heads: number;
  /** Length of a token inside the MLP. */
  readonly intermediate_size: number;
  /** Side in pixels of the pictures that positions were learned for. */
  readonly image_size: number;
  /** Side of a patch in pixels. */
  readonly patch_size: number;
  /** Added to the variance in a layer normalisation. */
  readonly layer_norm_eps: number;
  /** What bends the MLP. */
  readonly hidden_act: (typeof activations)[number];
}

/** What a checkpoint of text and vision calls the weights of the convolution. */
export const towerProjection = "embeddings.patch_embedding";

/** Where the tower's tensors begin in a checkpoint of it alone or with the text's. */
export function towerPrefix({ weights }: ModelFolder): string {
  const prefixes = ["vision_model.", "", "model.vision_model."];
  return findPrefix(weights, prefixes, `${towerProjection}.weight`);
}

/** Sizes and names, checked against the weights; `specials` tokens come before the patches. */
export function clipLayout(
  settings: TowerSettings,
  { weights }: ModelFolder,
  prefix: string,
  specials: number,
): TowerLayout {
  const blocks = "encoder.layers.";
  const layers = countLayers(
    weights,
    prefix,
    settings.num_hidden_layers,
    blocks,
  );
  const dModel = settings.hidden_size, heads = settings.num_attention_heads;
  checkSizes({ layers, dModel, heads }, weights);
  return {
    layers,
    dModel,
    heads,
    dMlp: settings.intermediate_size,
    patch: settings.patch_size,
    specials,
    epsilon: settings.layer_norm_eps,
    qkvBias: true,
    blocks,
    attentionNames: [
      "self_attn.q_proj",
      "self_attn.k_proj",
      "self_attn.v_proj",
      "self_attn.out_proj",
    ],
    norms: ["layer_norm1", "layer_norm2"],
    mlp: ["mlp.fc1", "mlp.fc2"],
    activation: settings.hidden_act,
    finalNorm: "post_layernorm",
  };
}

/** Adds the learned positions, resized to `grid` as Hugging Face's `interpolate_pos_encoding` does. */
export function clipPositions(
  { graph, weight }: Builder,
  settings: TowerSettings,
  specials: number,
  grid: Grid,
): string {
  const { hidden_size: dModel } = settings;
  const learned = Math.floor(settings.image_size / settings.patch_size);
  const count = specials + learned ** 2;
  const stored = weight("embeddings.position_embedding.weight", count, dModel);
  const all = graph.node("Reshape", [
    stored,
    graph.integers([1, count, dModel]),
  ]);
  return positions(graph, {
    dModel,
    learned,
    grid,
    variant: "hf",
    all,
    specials,
  });
}
