/**
 * The vision tower of a CLIP (arXiv:2103.00020), trained to agree with words.
 *
 * @module
 */
import { z } from "zod";
import { side } from "../checkpoint/sides.ts";
import {
  definePlugin,
  type Encoder,
  type Plugin,
  type PluginContext,
} from "../../../mod.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
} from "../checkpoint/model_folder.ts";
import { preparedPictures } from "../pictures/prepared_pictures.ts";
import { clipStatistics } from "../pictures/processors.ts";
import {
  clipLayout,
  clipPositions,
  towerActivation,
  towerPrefix,
  towerProjection,
  towerSettings,
} from "../transformer/clip_tower.ts";
import { embed } from "../transformer/embed.ts";
import { layerNorm } from "../transformer/layers.ts";
import { towerEncoder, towerInput } from "../transformer/tower_encoder.ts";
import {
  type TowerEncoderOptions,
  towerOptions,
} from "../transformer/tower_options.ts";

/** What is read of a tower's settings; what they leave out is as in Hugging Face's `CLIPVisionConfig`. */
const tower = z.object({
  ...towerSettings,
  patch_size: side.default(32),
  layer_norm_eps: z.number().positive().default(1e-5),
  hidden_act: towerActivation("quick_gelu"),
});

const schema = z.discriminatedUnion("model_type", [
  z.object({
    model_type: z.literal("clip"),
    vision_config: z.unknown().transform((value) => value ?? {}).pipe(tower),
  }),
  tower.extend({ model_type: z.literal("clip_vision_model") }),
], {
  error: ({ input }) =>
    `found model_type ${
      JSON.stringify((input as { model_type?: unknown })?.model_type)
    }, supported are "clip" and "clip_vision_model"`,
});

/**
 * The vision tower of the CLIP in the folder `options.model`, as Hugging Face
 * lays it out, alone or beside the text's. Hooks are `embed`, what the first
 * block reads; `blocks.{i}.{ln1, q, k, v, scores, probs, z, attn_out,
 * resid_mid, ln2, mlp_act, mlp_out, resid_post}`; and `final_norm`, where CLIP
 * itself normalises the CLS token alone.
 *
 * @throws {ConfigError} When the folder lacks a file, or patches do not fill the size.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function clip(
  { model, ...options }: TowerEncoderOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  return await openClip(await openModelFolder(model, base, report), options);
}

/** {@linkcode clip} of a folder that is open. */
export async function openClip(
  folder: ModelFolder,
  options: Omit<TowerEncoderOptions, "model">,
): Promise<Encoder> {
  const config = (await readSettings(folder, "config.json", schema))!;
  const settings = config.model_type === "clip" ? config.vision_config : config;
  const prefix = towerPrefix(folder);
  const layout = clipLayout(settings, folder, prefix, 1);
  const { dModel, patch } = layout;
  return towerEncoder({
    folder,
    prefix,
    layout,
    pictures: await preparedPictures(
      folder,
      { image: settings.image_size, patch, statistics: clipStatistics },
      options,
    ),
    threads: options.threads,
    provider: options.provider,
    embed(build, grid) {
      const tokens = embed(build, {
        input: towerInput,
        dModel,
        patch,
        patches: grid[0] * grid[1],
        specials: [{ name: "embeddings.class_embedding", shape: [dModel] }],
        positions: clipPositions(build, settings, 1, grid),
        projection: towerProjection,
        bias: false,
        output: "before_ln_pre",
      });
      layerNorm(build, layout, tokens, "pre_layrnorm", "embed");
    },
    open: (copy) => openClip(copy, options),
  });
}

/** The plugin. */
const plugin: Plugin<"encoder", TowerEncoderOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "clip",
  description: "The vision tower of a CLIP from a Hugging Face folder",
  options: towerOptions("CLIP, such as clip-vit-base-patch16"),
  create: clip,
});
export default plugin;
