/**
 * DINOv3 (arXiv:2508.10104): a vision transformer trained without labels, with
 * registers and rotary positions.
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
import { activations } from "../transformer/activation.ts";
import { embed } from "../transformer/embed.ts";
import { rotation } from "../transformer/rotary.ts";
import {
  towerEncoder,
  towerInput,
  type TowerLayout,
} from "../transformer/tower_encoder.ts";
import {
  type TowerEncoderOptions,
  towerOptions,
} from "../transformer/tower_options.ts";
import {
  checkSizes,
  countLayers,
  findPrefix,
} from "../transformer/vit_checkpoint.ts";

const size = z.int().positive();

/** What is read of `config.json`; what it leaves out is as in Hugging Face's `DINOv3ViTConfig`. */
const schema = z.object({
  model_type: z.literal("dinov3_vit", {
    error: ({ input }) =>
      `found ${JSON.stringify(input)}, supported is "dinov3_vit"` +
      (input === "dinov3_convnext" ? ": a ConvNeXt has no tokens" : ""),
  }),
  hidden_size: size.default(384),
  num_hidden_layers: size.optional(),
  num_attention_heads: size.default(6),
  intermediate_size: size.default(1536),
  hidden_act: z.enum(activations).default("gelu"),
  layer_norm_eps: z.number().positive().default(1e-5),
  rope_theta: z.number().positive().default(100),
  image_size: side.default(224),
  patch_size: side.default(16),
  num_channels: z.literal(3).default(3),
  query_bias: z.boolean().default(true),
  key_bias: z.boolean().default(false),
  value_bias: z.boolean().default(true),
  proj_bias: z.literal(true).default(true),
  mlp_bias: z.literal(true).default(true),
  use_gated_mlp: z.boolean().default(false),
  num_register_tokens: z.int().min(0).default(0),
});

type Settings = z.output<typeof schema>;

const projection = "embeddings.patch_embeddings";

/**
 * The DINOv3 in the folder `options.model`, as Hugging Face lays it out. Its
 * tokens are CLS, the registers and the patches. Hooks are `embed`,
 * `blocks.{i}.{ln1, q, k, v, scores, probs, z, attn_out, resid_mid, ln2,
 * mlp_act, mlp_out, resid_post}` and `final_norm`; `q` and `k` are before their
 * rotation, and `attn_out` and `mlp_out` after LayerScale. Any size of picture
 * will do that is whole patches.
 *
 * @throws {ConfigError} When the folder lacks a file, or patches do not fill the size.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function dinov3(
  { model, ...options }: TowerEncoderOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  return await openDinov3(await openModelFolder(model, base, report), options);
}

/** {@linkcode dinov3} of a folder that is open. */
export async function openDinov3(
  folder: ModelFolder,
  options: Omit<TowerEncoderOptions, "model">,
): Promise<Encoder> {
  const settings = (await readSettings(folder, "config.json", schema))!;
  const prefix = findPrefix(
    folder.weights,
    ["", "model."],
    `${projection}.weight`,
  );
  const layout = layoutOf(settings, folder, prefix);
  const { dModel, heads, patch, specials } = layout;
  return towerEncoder({
    folder,
    prefix,
    layout,
    pictures: await preparedPictures(
      folder,
      { image: settings.image_size, patch },
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
        specials: specialsOf(settings),
        projection,
      });
      const width = dModel / heads, theta = settings.rope_theta;
      return {
        rotation: rotation(build.graph, { specials, grid, width, theta }),
      };
    },
    open: (copy) => openDinov3(copy, options),
  });
}

function specialsOf({ num_register_tokens: count, hidden_size }: Settings) {
  const cls = { name: "embeddings.cls_token" };
  const name = "embeddings.register_tokens";
  return count === 0 ? [cls] : [cls, { name, shape: [1, count, hidden_size] }];
}

function layoutOf(
  settings: Settings,
  { weights }: ModelFolder,
  prefix: string,
): TowerLayout {
  const blocks = "layer.";
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
    specials: 1 + settings.num_register_tokens,
    epsilon: settings.layer_norm_eps,
    qkvBias: [settings.query_bias, settings.key_bias, settings.value_bias],
    blocks,
    attentionNames: [
      "attention.q_proj",
      "attention.k_proj",
      "attention.v_proj",
      "attention.o_proj",
    ],
    norms: ["norm1", "norm2"],
    scales: ["layer_scale1.lambda1", "layer_scale2.lambda1"],
    mlp: ["mlp.up_proj", "mlp.down_proj"],
    ...settings.use_gated_mlp && { gate: "mlp.gate_proj" },
    activation: settings.hidden_act,
    finalNorm: "norm",
  };
}

/** The plugin. */
const plugin: Plugin<"encoder", TowerEncoderOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "dinov3",
  description: "A DINOv3 ViT from a Hugging Face folder",
  options: towerOptions("DINOv3, such as dinov3-vits16-pretrain-lvd1689m"),
  create: dinov3,
});
export default plugin;
