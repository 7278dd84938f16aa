/**
 * Theia (arXiv:2407.20179): a DeiT distilled from several vision foundation
 * models, for robots.
 *
 * @module
 */
import { z } from "zod";
import type { Encoder } from "../../core/encoder.ts";
import {
  definePlugin,
  type Plugin,
  type PluginContext,
} from "../../core/plugin.ts";
import { openModelFolder, readSettings } from "./vit/model_folder.ts";
import { halfStatistics, imagenetStatistics } from "./vit/preprocess.ts";
import type { Filter } from "./vit/resize.ts";
import { countLayers, findPrefix, readWidths } from "./vit/vit_checkpoint.ts";
import { vitEncoder } from "./vit/vit_encoder.ts";

/** Options of {@linkcode theia}. */
export interface TheiaOptions {
  /** Folder with Theia's `config.json` and `model.safetensors`. */
  readonly model: string;
  /** What colours are normalised with: `"half"`, as the published weights were trained, or `"imagenet"`. */
  readonly statistics: "half" | "imagenet";
  /** How pictures are resized: `"bilinear"`, as in training, or `"bicubic"`, as in CortexBench. */
  readonly resample: Filter;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

const prefix = "backbone.model.";

/** Every DeiT has heads of this width. */
const headWidth = 64;

const size = z.int().positive();

const configSchema = z.object({
  backbone: z.string({
    error: 'not found: is this Theia? For ViT and DeiT use the encoder "vit"',
  }).refine((name) => name.includes("deit") && !/nocls|reg-/.test(name), {
    error: "supported are the DeiT backbones without registers",
  }),
  image_size: size.default(224),
  num_reg_tokens: z.literal(0, { error: "supported is 0" }).default(0),
  num_attention_heads: size.optional(),
});

/**
 * The backbone of the Theia in the folder `options.model`: what its
 * `forward_feature` returns are the patch tokens of `final_norm`. Hooks are
 * those of {@linkcode vit}. Translator heads are not read.
 *
 * @throws {ConfigError} When the folder lacks a file.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function theia(
  options: TheiaOptions,
  { base }: Pick<PluginContext, "base">,
): Promise<Encoder> {
  const folder = await openModelFolder(options.model, base);
  const config = (await readSettings(folder, "config.json", configSchema))!;
  const { weights } = folder;
  findPrefix(weights, [prefix]);
  const widths = readWidths(weights, prefix);
  const image = config.image_size;
  return vitEncoder({
    folder,
    prefix,
    sizes: {
      ...widths,
      layers: countLayers(weights, prefix),
      heads: config.num_attention_heads ??
        Math.max(1, Math.round(widths.dModel / headWidth)),
      image,
      specials: ["cls_token"],
      epsilon: 1e-12,
      qkvBias: true,
    },
    preprocessing: {
      resize: { width: image, height: image },
      filter: options.resample,
      scale: 1 / 255,
      ...(options.statistics === "half" ? halfStatistics : imagenetStatistics),
    },
    defaultHook: "final_norm",
    threads: options.threads,
  });
}

/** The plugin. */
const plugin: Plugin<"encoder", TheiaOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "theia",
  description: "The backbone of Theia, from its Hugging Face folder",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with Theia's config.json and model.safetensors, such as theia-base-patch16-224-cdiv",
    }).meta({ format: "path" }).describe(
      "Folder with Theia's config.json and model.safetensors",
    ),
    statistics: z.enum(["half", "imagenet"]).default("half").describe(
      "Colour statistics: half (0.5, as the weights were trained) or imagenet",
    ),
    resample: z.enum(["bilinear", "bicubic"]).default("bilinear").describe(
      "Filter that resizes: bilinear, as in training, or bicubic, as in CortexBench",
    ),
    threads: size.optional().describe(
      "Threads to compute with; all cores when absent",
    ),
  }),
  create: theia,
});
export default plugin;
