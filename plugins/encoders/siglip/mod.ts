/**
 * The vision tower of a SigLIP (arXiv:2303.15343) or SigLIP 2
 * (arXiv:2502.14786), trained to agree with words.
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
import { halfStatistics } from "../pictures/preprocess.ts";
import {
  clipLayout,
  clipPositions,
  towerActivation,
  towerPrefix,
  towerProjection,
  towerSettings,
} from "../transformer/clip_tower.ts";
import { embed } from "../transformer/embed.ts";
import { towerEncoder, towerInput } from "../transformer/tower_encoder.ts";
import {
  type TowerEncoderOptions,
  towerOptions,
} from "../transformer/tower_options.ts";

/** What is read of a tower's settings; what they leave out is as in Hugging Face's `SiglipVisionConfig`. */
const tower = z.object({
  ...towerSettings,
  patch_size: side.default(16),
  layer_norm_eps: z.number().positive().default(1e-6),
  hidden_act: towerActivation("gelu_pytorch_tanh"),
});

const schema = z.discriminatedUnion("model_type", [
  z.object({
    model_type: z.literal("siglip"),
    vision_config: z.unknown().transform((value) => value ?? {}).pipe(tower),
  }),
  tower.extend({ model_type: z.literal("siglip_vision_model") }),
], {
  error: ({ input }) => {
    const found = (input as { model_type?: unknown })?.model_type;
    return `found model_type ${
      JSON.stringify(found)
    }, supported are "siglip" and "siglip_vision_model", as SigLIP 2 of a fixed size has too` +
      (`${found}`.startsWith("siglip2")
        ? "; this one is a SigLIP 2 NaFlex, which takes pictures of any shape: use the same model of a fixed size, such as siglip2-base-patch16-224"
        : "");
  },
});

/**
 * The vision tower of the SigLIP in the folder `options.model`, as Hugging Face
 * lays it out, alone or beside the text's. All its tokens are patches. Hooks
 * are `embed`, `blocks.{i}.{ln1, q, k, v, scores, probs, z, attn_out,
 * resid_mid, ln2, mlp_act, mlp_out, resid_post}` and `final_norm`; the head
 * that pools them is not computed.
 *
 * @throws {ConfigError} When the folder lacks a file, or patches do not fill the size.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function siglip(
  { model, ...options }: TowerEncoderOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  return await openSiglip(await openModelFolder(model, base, report), options);
}

/** {@linkcode siglip} of a folder that is open. */
export async function openSiglip(
  folder: ModelFolder,
  options: Omit<TowerEncoderOptions, "model">,
): Promise<Encoder> {
  const config = (await readSettings(folder, "config.json", schema))!;
  const settings = config.model_type === "siglip"
    ? config.vision_config
    : config;
  const prefix = towerPrefix(folder);
  const layout = clipLayout(settings, folder, prefix, 0);
  const { dModel, patch } = layout;
  return towerEncoder({
    folder,
    prefix,
    layout,
    pictures: await preparedPictures(
      folder,
      { image: settings.image_size, patch, statistics: halfStatistics },
      options,
    ),
    threads: options.threads,
    provider: options.provider,
    embed(build, grid) {
      embed(build, {
        input: towerInput,
        dModel,
        patch,
        patches: grid[0] * grid[1],
        specials: [],
        positions: clipPositions(build, settings, 0, grid),
        projection: towerProjection,
      });
    },
    open: (copy) => openSiglip(copy, options),
  });
}

/** The plugin. */
const plugin: Plugin<"encoder", TowerEncoderOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "siglip",
  description:
    "The vision tower of a SigLIP or SigLIP 2 from a Hugging Face folder",
  options: towerOptions("SigLIP, such as siglip2-base-patch16-224"),
  create: siglip,
});
export default plugin;
