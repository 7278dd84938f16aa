/**
 * Theia (arXiv:2407.20179): a DeiT distilled from several vision foundation
 * models, for robots.
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import {
  ConfigError,
  definePlugin,
  type Encoder,
  type Plugin,
  type PluginContext,
  type SafetensorsHeader,
  tensorOf,
} from "../../../mod.ts";
import { featureStatistics } from "./feature_statistics.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
} from "../checkpoint/model_folder.ts";
import { halfStatistics, imagenetStatistics } from "../pictures/preprocess.ts";
import {
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";
import type { Filter } from "../pictures/resize.ts";
import { findTeachers, type Teacher, translator } from "./translator.ts";
import {
  countLayers,
  findPrefix,
  projection,
} from "../transformer/vit_checkpoint.ts";
import { vitEncoder } from "../vit/vit_encoder.ts";
import type { VitSizes } from "../vit/vit_graph.ts";
import type { VitHead } from "../vit/vit_head.ts";

/** Options of {@linkcode theia}. */
export interface TheiaOptions extends ProviderOption {
  /** Folder with Theia's `config.json` and `model.safetensors`. */
  readonly model: string;
  /** What colours are normalised with: `"half"`, as the published weights were trained, or `"imagenet"`. */
  readonly statistics: "half" | "imagenet";
  /** How pictures are resized: `"bilinear"`, as in training, or `"bicubic"`, as in CortexBench. */
  readonly resample: Filter;
  /**
   * Folder with the published `imagenet_mean_*.npy` and `imagenet_var_*.npy`.
   * With it the heads give features in their teachers' own units, without it
   * normalised ones.
   */
  readonly featureStatistics?: string | undefined;
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
  num_reg_tokens: z.literal(0, { error: "only 0 is supported" }).default(0),
  num_attention_heads: size.optional(),
  target_feature_sizes: z.record(z.string(), z.array(size)).nullish(),
  translator_hidden_size_factor: z.number().positive().default(1),
  translator_type: z.string().default("lconv"),
});

/**
 * The Theia in the folder `options.model`. Its hooks are those of
 * {@linkcode vit}; the patch tokens of `final_norm` are what its
 * `forward_feature` returns. For each teacher whose translator head is in the
 * checkpoint it predicts features, `[images, rows · columns, channels]`, at
 * `teachers.<id>`, such as `teachers.facebook/dinov2-large`.
 *
 * @throws {ConfigError} When the folder lacks a file.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function theia(
  options: TheiaOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  const { model, ...rest } = options;
  return await openTheia(await openModelFolder(model, base, report), rest, {
    base,
  });
}

/** {@linkcode theia} for a folder that is already open. */
export async function openTheia(
  folder: ModelFolder,
  options: Omit<TheiaOptions, "model">,
  { base }: Pick<PluginContext, "base">,
): Promise<Encoder> {
  const config = (await readSettings(folder, "config.json", configSchema))!;
  const { weights } = folder;
  findPrefix(weights, [prefix]);
  const widths = readWidths(weights);
  const image = config.image_size;
  const teachers = findTeachers(
    weights,
    config,
    { dModel: widths.dModel, grid: image / widths.patch },
    join(folder.path, "config.json"),
  );
  return vitEncoder({
    folder,
    prefix,
    sizes: {
      ...widths,
      layers: countLayers(weights, prefix),
      heads: config.num_attention_heads ??
        Math.max(1, Math.round(widths.dModel / headWidth)),
      image: { width: image, height: image },
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
    head: await headOf(teachers, options.featureStatistics, base),
    threads: options.threads,
    provider: options.provider,
    open: (copy) => openTheia(copy, options, { base }),
  });
}

/** The sizes that the shapes of the tensors tell. */
function readWidths(
  weights: SafetensorsHeader,
): Pick<VitSizes, "dModel" | "dMlp" | "patch"> {
  const { shape } = tensorOf(weights, prefix + projection);
  const dense = `${prefix}encoder.layer.0.intermediate.dense.bias`;
  return {
    dModel: shape[0] ?? 0,
    dMlp: tensorOf(weights, dense).shape[0] ?? 0,
    patch: shape[3] ?? 0,
  };
}

async function headOf(
  teachers: readonly Teacher[],
  statistics: string | undefined,
  base: URL,
): Promise<VitHead | undefined> {
  if (statistics === undefined) {
    return teachers.length > 0 ? translator(teachers) : undefined;
  }
  if (teachers.length === 0) {
    throw new ConfigError(
      "encoder.featureStatistics",
      "Cannot use featureStatistics: the checkpoint has no translator heads; leave it out",
    );
  }
  const { units, hashes } = await featureStatistics(statistics, base, teachers);
  return { ...translator(teachers, units), provenance: hashes };
}

/** The plugin. */
const plugin: Plugin<"encoder", TheiaOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "theia",
  description:
    "Theia and its predictions of its teachers' features, from a Hugging Face folder",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with Theia's config.json and model.safetensors, such as theia-base-patch16-224-cdiv",
    }).meta({ format: "model" }).describe(
      "Folder with Theia's config.json and model.safetensors, or owner/name at the Hugging Face hub",
    ),
    statistics: z.enum(["half", "imagenet"]).default("half").describe(
      "Colour statistics: half (0.5, as the weights were trained) or imagenet",
    ),
    resample: z.enum(["bilinear", "bicubic"]).default("bilinear").describe(
      "Filter that resizes: bilinear, as in training, or bicubic, as in CortexBench",
    ),
    featureStatistics: z.string().optional().meta({ format: "path" }).describe(
      "Folder with imagenet_mean_*.npy and imagenet_var_*.npy, for predictions in the teachers' own units",
    ),
    threads: size.optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: theia,
});
export default plugin;
