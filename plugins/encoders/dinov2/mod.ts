/**
 * DINOv2 (arXiv:2304.07193): a vision transformer trained without labels, whose
 * patch tokens tell objects and their parts apart.
 *
 * @module
 */
import { z } from "zod";
import {
  definePlugin,
  type Encoder,
  type Plugin,
  type PluginContext,
} from "../../../mod.ts";
import { dinov2Schema, dinov2Sizes } from "./dinov2_config.ts";
import { dinov2Graph, dinov2Hooks, pixels } from "./dinov2_graph.ts";
import { networkMemory, weightBytes } from "../network/network_memory.ts";
import {
  type PictureOptions,
  pictureOptions,
  preparedPictures,
} from "../pictures/prepared_pictures.ts";
import type { PositionVariant } from "../transformer/positions.ts";
import { attentionOn } from "../transformer/attention.ts";
import { numbersInBlock } from "../transformer/block_memory.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { tokensOf } from "../network/tokens_of.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
  weightsFolder,
} from "../checkpoint/model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  viewOf,
} from "../pictures/preprocess.ts";
import {
  describeProvider,
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";
import { shuffledWeights } from "../checkpoint/shuffled_weights.ts";
import { findPrefix } from "../transformer/vit_checkpoint.ts";
import { weightsOf } from "../checkpoint/weights_of.ts";

/** Options of {@linkcode dinov2}. */
export interface Dinov2Options extends PictureOptions, ProviderOption {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /** How position embeddings are resized to a grid that is not the learned one. */
  readonly pos: PositionVariant;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/**
 * The DINOv2 in the folder `options.model`, as Hugging Face lays it out. Its
 * hooks are `embed`, `blocks.{i}.{ln1, q, k, v, scores, probs, z, attn_out,
 * resid_mid, ln2, mlp_act, mlp_out, resid_post}` and `final_norm`; the heads of
 * `q`, `k`, `v` and `z` lie side by side, those of `scores` and `probs` as
 * `blockHooks` says, and `attn_out` and `mlp_out` are what is added to the
 * residual stream, after LayerScale. A call computes no further than the
 * deepest hook it asks for.
 *
 * Pictures are prepared as the folder's `preprocessor_config.json` says, unless
 * `options.size` or `options.fit` say otherwise; any size in whole patches works.
 *
 * @throws {ConfigError} When the folder lacks a file, or whole patches do not fill the size.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function dinov2(
  options: Dinov2Options,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  const { model, ...rest } = options;
  return await openDinov2(await openModelFolder(model, base, report), rest);
}

/** {@linkcode dinov2} for a folder that is already open. */
export async function openDinov2(
  folder: ModelFolder,
  options: Omit<Dinov2Options, "model">,
): Promise<Encoder> {
  const { weights } = folder;
  const settings = (await readSettings(folder, "config.json", dinov2Schema))!;
  const prefix = findPrefix(weights, ["", "dinov2.", "dinov2_with_registers."]);
  const sizes = dinov2Sizes(settings, weights, prefix);
  const { size, preprocessing } = await preparedPictures(
    folder,
    { image: settings.image_size, patch: sizes.patch },
    options,
  );
  const place = weightsFolder(folder), hooks = dinov2Hooks(sizes, size);
  const addWeight = weightsOf(weights, prefix);
  return graphEncoder({
    graph: dinov2Graph(sizes, {
      size,
      positions: options.pos,
      attention: attentionOn(options.provider),
    }, addWeight),
    input: pixels(size),
    hooks,
    defaultHook: `blocks.${sizes.layers - 1}.resid_post`,
    weightsFolder: place,
    threads: options.threads ?? navigator.hardwareConcurrency,
    provider: options.provider,
    provenance: {
      ...folder.hashes,
      ...size,
      preprocessing: describePreprocessing(preprocessing),
      positions: options.pos,
      ...describeProvider(options),
    },
    preprocess: (images, to) => preprocess(images, preprocessing, size, to),
    view: (picture) => viewOf(picture, preprocessing),
    shuffled: (seed) =>
      shuffledWeights(folder, seed, (copy) => openDinov2(copy, options)),
    ...networkMemory({
      weights: weightBytes(weights.tensors.values()),
      inside: (hook) => numbersInBlock(sizes, tokensOf(hooks[0]!), hook),
      size,
      hooks,
    }),
  });
}

/** The plugin. */
const plugin: Plugin<"encoder", Dinov2Options> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "dinov2",
  description: "A DINOv2 from a Hugging Face folder",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with config.json and model.safetensors, as Hugging Face publishes DINOv2, such as dinov2-small",
    }).meta({ format: "model" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json, or owner/name at the Hugging Face hub",
    ),
    ...pictureOptions,
    pos: z.enum(["hf", "offset0.1"]).default("hf").describe(
      "How position embeddings are resized: hf, or offset0.1 as DINOv2's own code does",
    ),
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: dinov2,
});
export default plugin;
