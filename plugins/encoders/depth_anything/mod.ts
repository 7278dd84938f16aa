/**
 * Depth Anything (V1 arXiv:2401.10891, V2 arXiv:2406.09414): the depth of every
 * pixel of one picture, by a DINOv2 with a dense prediction head.
 *
 * @module
 */
import { z } from "zod";
import {
  definePlugin,
  type Encoder,
  FormatError,
  type Hook,
  type Plugin,
  type PluginContext,
} from "../../../mod.ts";
import {
  depthAnythingSchema,
  type DepthAnythingSettings,
  dptSizes,
  versionsOf,
} from "./depth_anything_config.ts";
import {
  depthAnythingGraph,
  depthAnythingHooks,
} from "./depth_anything_graph.ts";
import {
  type DepthPictureOptions,
  type DepthPictures,
  depthPictures,
} from "./depth_pictures.ts";
import { dinov2Sizes } from "../dinov2/dinov2_config.ts";
import { type Dinov2Sizes, gridOf, pixels } from "../dinov2/dinov2_graph.ts";
import type { DptSizes } from "./dpt_graph.ts";
import { networkMemory, weightBytes } from "../network/network_memory.ts";
import { pictureOptions } from "../pictures/prepared_pictures.ts";
import type { PositionVariant } from "../transformer/positions.ts";
import { attentionOn } from "../transformer/attention.ts";
import { numbersInBlock } from "../transformer/block_memory.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { numbersInDpt } from "./dpt_memory.ts";
import {
  type ModelFolder,
  openModelFolder,
  readSettings,
  weightsFolder,
} from "../checkpoint/model_folder.ts";
import type { Size } from "../pictures/preprocess.ts";
import {
  describeProvider,
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";
import { shuffledWeights } from "../checkpoint/shuffled_weights.ts";
import { findPrefix } from "../transformer/vit_checkpoint.ts";
import { weightsOf } from "../checkpoint/weights_of.ts";

/** Options of {@linkcode depthAnything}. */
export interface DepthAnythingOptions
  extends DepthPictureOptions, ProviderOption {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /**
   * Which Depth Anything it must be; either when absent. This is told by the
   * taps in `config.json`, since the tensors of both have the same names and
   * shapes: weights of V1 with the settings of V2 go unnoticed.
   */
  readonly version?: 1 | 2 | undefined;
  /** How position embeddings are resized to a grid that is not the learned one; by default as in the code that `processor` names. */
  readonly pos?: PositionVariant | undefined;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/** A model's files, read and checked. */
interface OpenDepthAnything {
  readonly folder: ModelFolder;
  readonly settings: DepthAnythingSettings;
  readonly sizes: Dinov2Sizes;
  readonly dpt: DptSizes;
}

/**
 * The Depth Anything in the folder `options.model`, as Hugging Face lays it out:
 * V1 or V2, relative or metric, of any size. Its hooks, in network order:
 *
 * - `embed` and `blocks.{i}.…`, those of {@linkcode dinov2}: CLS, then patches;
 * - `feat.{k}`: what the neck takes from the backbone, normalised: CLS, then patches;
 * - `reassemble.{k}`, `neck.{k}`, `fusion.{k}`, `head.act`: maps, each at its
 *   own resolution;
 * - `depth`, the prediction: one number for each pixel. It is inverse depth
 *   without a unit, larger where nearer, or metres for a metric model.
 *
 * `k` counts taps from the shallowest, except for `fusion`, which starts with
 * the deepest. A map `[images, channels, rows, columns]` is given as tokens,
 * `[images, rows · columns, channels]`, with no specials and the map's rows and
 * columns as grid, so that whatever works on tokens works on maps.
 *
 * All pictures are brought to one size, as in {@linkcode dinov2}. `fitted` makes
 * another encoder for the size that the processor chooses for pictures of one
 * size; its thread is its own and does not end when this encoder is closed. It
 * returns the encoder itself if `options.size` is given or the processor does
 * not keep shapes.
 *
 * @throws {ConfigError} When the folder lacks a file, or whole patches do not
 * fill the size.
 * @throws {FormatError} When a file does not hold what it should, or another
 * version than `options.version`.
 */
export async function depthAnything(
  options: DepthAnythingOptions,
  { base, report }: Pick<PluginContext, "base" | "report">,
): Promise<Encoder> {
  const { model, ...rest } = options;
  return await openDepthAnything(
    await openModelFolder(model, base, report),
    rest,
  );
}

/** {@linkcode depthAnything} for a folder that is already open. */
export async function openDepthAnything(
  folder: ModelFolder,
  options: Omit<DepthAnythingOptions, "model">,
): Promise<Encoder> {
  const { weights } = folder;
  const settings = (await readSettings(
    folder,
    "config.json",
    depthAnythingSchema,
  ))!;
  const prefix = findPrefix(weights, ["backbone."]);
  const sizes = dinov2Sizes(settings.backbone_config, weights, prefix);
  const dpt = dptSizes(settings, sizes.layers, weights.path);
  checkVersion(options.version, dpt, sizes.layers, weights.path);
  const pictures = await depthPictures(
    folder,
    { image: settings.backbone_config.image_size, patch: sizes.patch },
    options,
  );
  return encoderOf({ folder, settings, sizes, dpt }, options, pictures);
}

/** The encoder for pictures prepared in this way. */
function encoderOf(
  model: OpenDepthAnything,
  options: Omit<DepthAnythingOptions, "model">,
  pictures: DepthPictures,
): Encoder {
  const { folder, settings, sizes, dpt } = model;
  const { size } = pictures, { provider } = options;
  const place = weightsFolder(folder);
  const hooks = depthAnythingHooks(sizes, dpt, size);
  const network = {
    size,
    positions: positionsOf(options),
    attention: attentionOn(provider),
  };
  const addWeight = weightsOf(folder.weights, "");
  const meaning = meaningOf(settings), inverse = !isMetric(settings);
  const encoder: Encoder = graphEncoder({
    graph: depthAnythingGraph(sizes, dpt, network, addWeight),
    input: pixels(size),
    hooks,
    defaultHook: middle(hooks, sizes.layers).name,
    predictions: [{
      hook: "depth",
      kind: "depth",
      meaning,
      inverse,
      // The head ends with a ReLU, or with a sigmoid times the largest depth.
      range: [0, inverse ? Infinity : settings.max_depth || 1],
    }],
    weightsFolder: place,
    // Neck and head are convolutions, which this makes a quarter faster.
    operations: "blocked",
    threads: options.threads ?? navigator.hardwareConcurrency,
    provider,
    provenance: describe(model, options, pictures),
    preprocess: pictures.make,
    view: pictures.view,
    shuffled: (seed) =>
      shuffledWeights(
        folder,
        seed,
        (copy) => encoderOf({ ...model, folder: copy }, options, pictures),
      ),
    fitted(picture) {
      const best = pictures.fitted(picture);
      return Promise.resolve(
        best ? encoderOf(model, options, best) : encoder,
      );
    },
    ...networkMemory({
      weights: weightBytes(folder.weights.tensors.values()),
      inside: (hook) => insideOf(sizes, dpt, size, hook),
      size,
      hooks,
    }),
  });
  return encoder;
}

function positionsOf(
  { pos, processor }: Pick<DepthAnythingOptions, "pos" | "processor">,
): PositionVariant {
  return pos ?? (processor === "original" ? "offset0.1" : "hf");
}

function describe(
  { folder, settings, dpt }: OpenDepthAnything,
  options: Omit<DepthAnythingOptions, "model">,
  { size, description }: DepthPictures,
): Encoder["provenance"] {
  return {
    ...folder.hashes,
    ...size,
    ...(options.processor === "original" ? { processor: "original" } : {}),
    preprocessing: description,
    positions: positionsOf(options),
    taps: dpt.taps.join(" "),
    depth: meaningOf(settings),
    ...describeProvider(options),
  };
}

/** Neck and head are computed only when one of their maps, which have no CLS, is read. */
function insideOf(
  sizes: Dinov2Sizes,
  dpt: DptSizes,
  size: Size,
  hook: Hook,
): number {
  const grid = gridOf(size, sizes);
  const blocks = numbersInBlock(sizes, 1 + grid[0] * grid[1], hook);
  return hook.layout.specials
    ? blocks
    : Math.max(blocks, numbersInDpt(dpt, grid, size));
}

/** The residual stream after two thirds of the blocks: `blocks.8.resid_post` of 12. */
function middle(hooks: readonly Hook[], layers: number): Hook {
  const name = `blocks.${Math.floor(layers * 2 / 3)}.resid_post`;
  return hooks.find((hook) => hook.name === name)!;
}

function isMetric({ depth_estimation_type }: DepthAnythingSettings): boolean {
  return depth_estimation_type === "metric";
}

function meaningOf(settings: DepthAnythingSettings): string {
  return isMetric(settings)
    ? `depth in metres, at most ${settings.max_depth || 1}`
    : "inverse depth without a unit, larger where nearer";
}

/** Checks the version by what is tapped: the tensors of both have the same names and shapes. */
function checkVersion(
  version: 1 | 2 | undefined,
  { taps }: DptSizes,
  layers: number,
  path: string,
): void {
  const fits = versionsOf(taps, layers);
  if (version === undefined || fits.includes(version)) return;
  throw new FormatError(
    path,
    `Cannot use "${path}" as Depth Anything V${version}: config.json taps blocks ${
      taps.join(", ")
    } of ${layers}, as V${
      fits[0]
    } does: V1 taps the last ones, V2 others too; leave out version, or give the other folder`,
  );
}

/** The plugin. */
const plugin: Plugin<"encoder", DepthAnythingOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "depth-anything",
  description: "A Depth Anything, V1 or V2, from a Hugging Face folder",
  options: z.strictObject({
    model: z.string({
      error:
        "Needs a folder with config.json and model.safetensors, as Hugging Face publishes Depth Anything, such as Depth-Anything-V2-Small-hf",
    }).meta({ format: "model" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json, or owner/name at the Hugging Face hub",
    ),
    version: z.union([z.literal(1), z.literal(2)]).optional().describe(
      "Which Depth Anything it must be, 1 or 2; either when absent",
    ),
    ...pictureOptions,
    processor: z.enum(["hf", "original"]).default("hf").describe(
      "Whose preprocessing is used: hf, or original for that of Depth Anything's own code",
    ),
    pos: z.enum(["hf", "offset0.1"]).optional().describe(
      "How position embeddings are resized: hf, or offset0.1 as the original code does; by default as the processor's code does",
    ),
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: depthAnything,
});
export default plugin;
