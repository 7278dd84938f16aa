/**
 * Vision transformers as Hugging Face publishes them: ViT and DeiT.
 *
 * @module
 */
import { z } from "zod";
import {
  definePlugin,
  type Encoder,
  type Plugin,
  type PluginContext,
  type SafetensorsHeader,
} from "../../../mod.ts";
import { classifier } from "./classifier.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
} from "../checkpoint/model_folder.ts";
import { side, sides } from "../checkpoint/sides.ts";
import { readPreprocessing } from "../pictures/preprocessor_config.ts";
import {
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";
import { countLayers, findPrefix } from "../transformer/vit_checkpoint.ts";
import { vitEncoder } from "./vit_encoder.ts";
import type { VitSizes } from "./vit_graph.ts";

/** Options of {@linkcode vit}. */
export interface VitOptions extends ProviderOption {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

const size = z.int().positive();

/** What is read from `config.json`; defaults are those of Hugging Face's `ViTConfig`. */
const configSchema = z.object({
  model_type: z.enum(["vit", "deit"], {
    error: ({ input }) =>
      `found ${
        JSON.stringify(input)
      }, supported are "vit" and "deit"; for Theia use the encoder "theia", for DINOv2 "dinov2", for Depth Anything "depth-anything"`,
  }),
  hidden_size: size.default(768),
  num_hidden_layers: size.optional(),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: z.literal("gelu", {
    error: ({ input }) => `found ${JSON.stringify(input)}, supported is "gelu"`,
  }).default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-12),
  image_size: sides.default([224, 224]),
  patch_size: side.default(16),
  num_channels: z.literal(3).default(3),
  qkv_bias: z.boolean().default(true),
  id2label: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.null()]),
  ).nullish(),
});

/**
 * The vision transformer in the folder `options.model`. Its hooks are `embed`,
 * `blocks.{i}.{ln1, q, k, v, scores, probs, z, attn_out, resid_mid, ln2,
 * mlp_act, mlp_out, resid_post}` and `final_norm`; a call computes no further
 * than the deepest hook it asks for. If the checkpoint has a classifier, it
 * predicts `logits`, `[images, 1, classes]`.
 *
 * @throws {ConfigError} When the folder lacks a file.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function vit(
  options: VitOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  const { model, ...rest } = options;
  return await openVit(await openModelFolder(model, base, report), rest);
}

/** {@linkcode vit} for a folder that is already open. */
export async function openVit(
  folder: ModelFolder,
  options: Omit<VitOptions, "model">,
): Promise<Encoder> {
  const config = (await readSettings(folder, "config.json", configSchema))!;
  const prefix = findPrefix(folder.weights, ["", "vit.", "deit."]);
  const sizes = sizesOf(config, folder, prefix);
  return vitEncoder({
    folder,
    prefix,
    sizes,
    preprocessing: await readPreprocessing(folder, sizes.image),
    defaultHook: `blocks.${sizes.layers - 1}.resid_post`,
    head: classifier(folder.weights, { ...config, ...sizes }),
    threads: options.threads,
    provider: options.provider,
    open: (copy) => openVit(copy, options),
  });
}

function sizesOf(
  config: z.output<typeof configSchema>,
  { weights }: ModelFolder,
  prefix: string,
): VitSizes {
  return {
    layers: countLayers(weights, prefix, config.num_hidden_layers),
    dModel: config.hidden_size,
    heads: config.num_attention_heads,
    dMlp: config.intermediate_size,
    patch: config.patch_size,
    image: { height: config.image_size[0], width: config.image_size[1] },
    specials: findSpecials(weights, prefix),
    epsilon: config.layer_norm_eps,
    qkvBias: config.qkv_bias,
  };
}

/** The special tokens before the patches: CLS, and a distilled DeiT has one more. */
function findSpecials({ tensors }: SafetensorsHeader, prefix: string) {
  const name = "distillation_token";
  const distilled = tensors.has(`${prefix}embeddings.${name}`);
  return distilled ? ["cls_token", name] : ["cls_token"];
}

/** The plugin. */
const plugin: Plugin<"encoder", VitOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "vit",
  description: "A ViT or DeiT from a Hugging Face folder",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with config.json and model.safetensors, as Hugging Face publishes ViT and DeiT",
    }).meta({ format: "model" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json, or owner/name at the Hugging Face hub",
    ),
    threads: size.optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: vit,
});
export default plugin;
