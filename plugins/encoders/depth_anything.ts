/**
 * Depth Anything (V1 arXiv:2401.10891, V2 arXiv:2406.09414): the depth of every
 * pixel of one picture, by a DINOv2 with a dense prediction head.
 *
 * @module
 */
import { z } from "zod";
import type { Encoder, Hook } from "../../core/encoder.ts";
import { FormatError } from "../../core/errors.ts";
import {
  definePlugin,
  type Plugin,
  type PluginContext,
} from "../../core/plugin.ts";
import {
  depthAnythingSchema,
  type DepthAnythingSettings,
  dptSizes,
  versionsOf,
} from "./dinov2/depth_anything_config.ts";
import {
  depthAnythingGraph,
  depthAnythingHooks,
} from "./dinov2/depth_anything_graph.ts";
import { dinov2Sizes } from "./dinov2/dinov2_config.ts";
import { type Dinov2Sizes, pixels } from "./dinov2/dinov2_graph.ts";
import type { DptSizes } from "./dinov2/dpt_graph.ts";
import {
  insideBackbone,
  insideDpt,
  networkMemory,
  weightBytes,
} from "./dinov2/network_memory.ts";
import {
  type PictureOptions,
  pictureOptions,
  preparedPictures,
} from "./dinov2/picture_size.ts";
import type { PositionVariant } from "./dinov2/positions.ts";
import { graphEncoder } from "./vit/graph_encoder.ts";
import {
  openModelFolder,
  readSettings,
  weightsPlace,
} from "./vit/model_folder.ts";
import {
  describePreprocessing,
  preprocess,
  type Size,
} from "./vit/preprocess.ts";
import { findPrefix, weightsOf } from "./vit/vit_checkpoint.ts";

/** Options of {@linkcode depthAnything}. */
export interface DepthAnythingOptions extends PictureOptions {
  /** Folder with `config.json`, `model.safetensors` and perhaps `preprocessor_config.json`. */
  readonly model: string;
  /**
   * Which Depth Anything it has to be; either when absent. Told by the taps in
   * `config.json`, for the tensors of both have the same names and shapes: V1's
   * weights with V2's settings are not noticed.
   */
  readonly version?: 1 | 2 | undefined;
  /** How position embeddings come to a grid that is not the learned one. */
  readonly pos: PositionVariant;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/**
 * The Depth Anything in the folder `options.model`, as Hugging Face lays it out:
 * V1 or V2, relative or metric, of any size. Its hooks, in network order:
 *
 * - `embed` and `blocks.{i}.…`, those of {@linkcode dinov2}: CLS, then patches;
 * - `feat.{k}`: what the neck takes of the backbone, normalised: CLS, then patches;
 * - `reassemble.{k}`, `neck.{k}`, `fusion.{k}`, `head.act`: maps, each at its
 *   own resolution;
 * - `depth`, the prediction: one number for each pixel. It is inverse depth
 *   without a unit, larger where nearer, or metres for a metric model.
 *
 * `k` counts taps from the shallowest, but for `fusion`, which begins with the
 * deepest. A map `[images, channels, rows, columns]` is given as tokens,
 * `[images, rows · columns, channels]`, with no specials and the map's rows and
 * columns as grid, so that whatever works on tokens works on maps.
 *
 * All pictures come to one size, as in {@linkcode dinov2}. To predict at a
 * picture's own shape, as Hugging Face's processor does, make an encoder whose
 * `size` is what `targetSize` says.
 *
 * @throws {ConfigError} When the folder lacks a file, or patches do not fill the size.
 * @throws {FormatError} When a file does not hold what it should, or another
 * version than `options.version`.
 */
export async function depthAnything(
  options: DepthAnythingOptions,
  { base }: Pick<PluginContext, "base">,
): Promise<Encoder> {
  const folder = await openModelFolder(options.model, base);
  const { weights } = folder;
  const settings = (await readSettings(
    folder,
    "config.json",
    depthAnythingSchema,
  ))!;
  const backbone = settings.backbone_config;
  const prefix = findPrefix(weights, ["backbone."]);
  const sizes = dinov2Sizes(backbone, weights, prefix);
  const dpt = dptSizes(settings, sizes.layers, weights.path);
  checkVersion(options.version, dpt, sizes.layers, weights.path);
  const { size, preprocessing } = await preparedPictures(
    folder,
    { image: backbone.image_size, patch: sizes.patch },
    options,
  );
  const place = weightsPlace(folder);
  const hooks = depthAnythingHooks(sizes, dpt, size);
  const addWeight = weightsOf(weights, "", place.file);
  const input = { size, positions: options.pos };
  return graphEncoder({
    graph: depthAnythingGraph(sizes, dpt, input, addWeight),
    input: pixels(size),
    hooks,
    defaultHook: middle(hooks, sizes.layers).name,
    predictions: [{
      hook: "depth",
      kind: "depth",
      meaning: meaningOf(settings),
    }],
    weightsFolder: place.folder,
    threads: options.threads ?? navigator.hardwareConcurrency,
    provenance: {
      ...folder.hashes,
      ...size,
      preprocessing: describePreprocessing(preprocessing),
      positions: options.pos,
      taps: dpt.taps.join(" "),
      depth: meaningOf(settings),
    },
    preprocess: (images, to) => preprocess(images, preprocessing, size, to),
    ...networkMemory({
      weights: weightBytes(weights.tensors.values()),
      inside: (hook) => insideOf(sizes, dpt, size, hook),
      size,
      hooks,
    }),
  });
}

/** The neck and the head, whose maps have no CLS, are not computed for what comes before them. */
function insideOf(
  sizes: Dinov2Sizes,
  dpt: DptSizes,
  size: Size,
  hook?: Hook,
): number {
  const blocks = insideBackbone(sizes, size);
  return hook?.layout.specials
    ? blocks
    : Math.max(blocks, insideDpt(sizes, dpt, size));
}

/** The residual stream at two thirds of the way: `blocks.8.resid_post` of 12. */
function middle(hooks: readonly Hook[], layers: number): Hook {
  const name = `blocks.${Math.floor(layers * 2 / 3)}.resid_post`;
  return hooks.find((hook) => hook.name === name)!;
}

function meaningOf(
  { depth_estimation_type, max_depth }: DepthAnythingSettings,
): string {
  return depth_estimation_type === "metric"
    ? `depth in metres, at most ${max_depth || 1}`
    : "inverse depth without a unit, larger where nearer";
}

/** The tensors of both versions have the same names and shapes; only what is tapped differs. */
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
    }).meta({ format: "path" }).describe(
      "Folder with config.json, model.safetensors and perhaps preprocessor_config.json",
    ),
    version: z.union([z.literal(1), z.literal(2)]).optional().describe(
      "Which Depth Anything it has to be, 1 or 2; either when absent",
    ),
    ...pictureOptions,
    pos: z.enum(["hf", "offset0.1"]).default("hf").describe(
      "How position embeddings are resized: hf, or offset0.1 as the original code does",
    ),
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
  }),
  create: depthAnything,
});
export default plugin;
