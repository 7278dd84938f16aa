/**
 * Opens a model with the encoder that its settings ask for.
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
} from "../../mod.ts";
import clip, { openClip } from "./clip/mod.ts";
import depthAnything, { openDepthAnything } from "./depth_anything/mod.ts";
import dinov2, { openDinov2 } from "./dinov2/mod.ts";
import dinov3, { openDinov3 } from "./dinov3/mod.ts";
import siglip, { openSiglip } from "./siglip/mod.ts";
import {
  type PictureOptions,
  pictureOptions,
} from "./pictures/prepared_pictures.ts";
import type { PositionVariant } from "./transformer/positions.ts";
import theia, { openTheia } from "./theia/mod.ts";
import vit, { openVit } from "./vit/mod.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
} from "./checkpoint/model_folder.ts";
import {
  type ProviderOption,
  providerOption,
} from "./network/provider_option.ts";

/** Options of {@linkcode auto}: those that more than one kind of model has. */
export interface AutoOptions extends PictureOptions, ProviderOption {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /** How position embeddings are resized to a grid that is not the learned one. */
  readonly pos?: PositionVariant | undefined;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/** Opens a folder with the given options. */
type Open = (
  folder: ModelFolder,
  given: AutoOptions,
  context: Pick<PluginContext, "base">,
) => Promise<Encoder>;

/** What opens each `model_type`; Theia has none. */
const kinds: Readonly<Record<string, Open>> = {
  vit: by(vit, openVit),
  deit: by(vit, openVit),
  dinov2: by(dinov2, openDinov2),
  dinov2_with_registers: by(dinov2, openDinov2),
  dinov3_vit: by(dinov3, openDinov3),
  clip: by(clip, openClip),
  clip_vision_model: by(clip, openClip),
  siglip: by(siglip, openSiglip),
  siglip_vision_model: by(siglip, openSiglip),
  depth_anything: by(depthAnything, openDepthAnything),
};
const asTheia = by(theia, openTheia);

const marks = z.object({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  backbone: z.unknown().optional(),
});

/**
 * The model in the folder `options.model`, or at the hub, opened by
 * {@linkcode vit}, {@linkcode theia}, {@linkcode dinov2} or
 * {@linkcode depthAnything}, whichever its `config.json` asks for, so that one
 * configuration works for all of them. Options are passed on to that encoder; to
 * use an option that only one encoder has, name that encoder instead.
 *
 * @throws {ConfigError} When the folder lacks a file, holds another kind of
 * model, or a kind that does not take one of the options.
 * @throws {FormatError} When a file does not hold what it should.
 */
export async function auto(
  options: AutoOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  const folder = await openModelFolder(options.model, base, report);
  const settings = (await readSettings(folder, "config.json", marks))!;
  return await openerOf(settings, folder)(folder, options, { base });
}

function openerOf(
  { model_type, architectures, backbone }: z.output<typeof marks>,
  { path }: ModelFolder,
): Open {
  if (model_type !== undefined && Object.hasOwn(kinds, model_type)) {
    return kinds[model_type]!;
  }
  const isTheia = architectures?.includes("TheiaModel") ||
    model_type === undefined && typeof backbone === "string";
  if (isTheia) return asTheia;
  const known = Object.keys(kinds).map((kind) => `"${kind}"`).join(", ");
  throw new ConfigError(
    "encoder.model",
    `Cannot tell which encoder opens "${path}": the model_type in its config.json is ${
      JSON.stringify(model_type) ?? "missing"
    }, supported are ${known}, and Theia, which has none; export any other model to ONNX and open it with the encoder "onnx"`,
  );
}

/** Opens folders with `open` once `plugin` has checked the options and filled in its defaults. */
function by<Options extends { readonly model: string }>(
  plugin: Plugin<"encoder", Options>,
  open: (
    folder: ModelFolder,
    options: Options,
    context: Pick<PluginContext, "base">,
  ) => Promise<Encoder>,
): Open {
  return async (folder, options, context) => {
    const given = Object.fromEntries(
      Object.entries(options).filter(([, value]) => value !== undefined),
    );
    const checked = await plugin.options["~standard"].validate(given);
    if (!checked.issues) return await open(folder, checked.value, context);
    const [option] = checked.issues.flatMap((issue) =>
      (issue as { keys?: string[] }).keys ?? issue.path?.map(String) ?? []
    );
    throw new ConfigError(
      `encoder.${option}`,
      `Cannot give option "${option}" to "${options.model}": its ${
        join(folder.path, "config.json")
      } asks for the encoder "${plugin.name}", which does not take it; leave it out`,
    );
  };
}

/** The plugin. */
const plugin: Plugin<"encoder", AutoOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "auto",
  description:
    "ViT, DeiT, DINOv2, DINOv3, CLIP, SigLIP, Theia or Depth Anything, as a Hugging Face folder says",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with config.json and model.safetensors, as Hugging Face publishes ViT, DeiT, DINOv2, DINOv3, CLIP, SigLIP, Theia and Depth Anything",
    }).meta({ format: "model" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json, or owner/name at the Hugging Face hub",
    ),
    ...pictureOptions,
    pos: z.enum(["hf", "offset0.1"]).optional().describe(
      "How position embeddings are resized: hf, or offset0.1 as DINOv2's own code does; by default as the model's encoder does",
    ),
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: auto,
});
export default plugin;
