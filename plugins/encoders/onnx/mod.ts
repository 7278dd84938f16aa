/**
 * Any image model that was exported to ONNX.
 *
 * @module
 */
import type { GraphProto } from "onnx-buf";
import { basename } from "node:path";
import { z } from "zod";
import {
  definePlugin,
  type Encoder,
  FormatError,
  type Hook,
  type Plugin,
  type PluginContext,
  type Prediction,
} from "../../../mod.ts";
import { chooseHooks } from "../network/choose_hooks.ts";
import { networkMemory, weightBytes } from "../network/network_memory.ts";
import { type Described, describeValues } from "./describe_values.ts";
import { exportedNetwork } from "./exported_network.ts";
import { areTokens, findPlaces, type Place } from "./find_places.ts";
import { isFlatMapIn } from "./is_flat_map.ts";
import { isProductIn } from "./is_product.ts";
import { liveNumbers } from "./live_numbers.ts";
import { type OnnxFile, readOnnxFile } from "./onnx_file.ts";
import { pictureValues } from "./picture_values.ts";
import { type PictureInput, pictureInput } from "./picture_input.ts";
import { type PreparationOptions, preparedInput } from "./prepared_input.ts";
import { graphEncoder } from "../network/graph_encoder.ts";
import { tokensOf } from "../network/tokens_of.ts";
import type { Network } from "../network/onnx_graph.ts";
import {
  describePreprocessing,
  preprocess,
  type Size,
  viewOf,
} from "../pictures/preprocess.ts";
import {
  describeProvider,
  type ProviderOption,
  providerOption,
} from "../network/provider_option.ts";

/** Options of {@linkcode onnx}. */
export interface OnnxOptions extends PreparationOptions, ProviderOption {
  /** The `.onnx` file; files with its weights lie beside it. */
  readonly model: string;
  /** Name of the input that takes the pictures; by default the only one that can. */
  readonly input?: string | undefined;
  /** Number of tokens before the grid, such as CLS and registers; by default the fewest that leave a grid. */
  readonly specials?: number | undefined;
  /** Names of the values that it predicts; by default its outputs. */
  readonly predictions?: readonly string[] | undefined;
  /** Whether the depth that it predicts is inverse, larger where nearer; else it is a distance. */
  readonly inverse?: boolean | undefined;
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/**
 * The exported model `options.model`. Its hooks are those values of its graph,
 * by their names and in their order, that lie over the picture:
 *
 * - tokens `[images, tokens, width]`, specials and then a grid;
 * - maps `[images, channels, rows, columns]`, given as tokens
 *   `[images, rows · columns, channels]`, and maps `[images, rows, columns]`,
 *   given as tokens of one number;
 * - `[images, classes]`, given as one special token.
 *
 * Values that have another shape, or depend on anything but the pictures, are
 * not hooks: colours-last maps, heads of attention, shapes. 16-bit numbers are
 * given as float32.
 *
 * Pictures are prepared as options say; else as `preprocessor_config.json` says,
 * beside the file or above a folder called `onnx`; else they are stretched
 * bilinearly and normalised with ImageNet's statistics.
 *
 * @throws {ConfigError} When there is no such file, input or prediction, or the
 * size of its pictures is not known.
 * @throws {FormatError} When it is not an ONNX file, lacks the files with its
 * weights, takes no pictures, has no hooks, or `onnxruntime` cannot open it.
 */
export async function onnx(
  options: OnnxOptions,
  { base }: Pick<PluginContext, "base">,
): Promise<Encoder> {
  const file = await readOnnxFile(options.model, base);
  const graph = file.model.graph!;
  const input = pictureInput(file.path, graph, options.input);
  const prepared = await preparedInput(file.path, input, options);
  const { size, preprocessing } = prepared;
  const described = await describeValues(file, input, size);
  const places = placesOf(file, input, described, size, options.specials);
  const hooks = places.map(({ hook }) => hook);
  const predictions = predictionsOf(file, places, options);
  const memory = memoryOf(graph, described, size, hooks);
  const dims = ["images", 3, size.height, size.width];
  const network = exportedNetwork({ model: file.model, input, places });
  return graphEncoder({
    graph: network,
    input: { name: input.name, dims },
    hooks,
    defaultHook: defaultOf(places, predictions, network),
    ...predictions.length > 0 && { predictions },
    weightsFolder: file.weightsFolder,
    operations: "written",
    threads: options.threads ?? navigator.hardwareConcurrency,
    provider: options.provider,
    provenance: {
      ...file.hashes,
      ...size,
      preprocessing: describePreprocessing(preprocessing),
      ...describeProvider(options),
    },
    preprocess: (images, to) => preprocess(images, preprocessing, size, to),
    view: (picture) => viewOf(picture, preprocessing),
    ...memory,
  });
}

function placesOf(
  { path, model }: OnnxFile,
  input: PictureInput,
  { images, values }: Described,
  size: Size,
  specials: number | undefined,
): Place[] {
  const graph = model.graph!;
  const places = findPlaces({
    values: pictureValues(graph, input.name).flatMap((name) =>
      values.get(name) ?? []
    ),
    images,
    size,
    specials,
    isProduct: isProductIn(graph, values),
    isFlatMap: isFlatMapIn(graph, values),
  });
  if (places.length > 0) return places;
  throw new FormatError(
    path,
    `Cannot read "${path}" anywhere: it makes no float tensor [images, tokens, width]${
      specials === undefined ? "" : ` with ${specials} specials`
    }, [images, channels, rows, columns] or [images, classes] of its pictures`,
  );
}

/**
 * The last tokens in a grid that all predictions come after, or are; if there
 * are none, the last tokens in a grid. In a model without tokens it is a map, and
 * without maps any value.
 */
function defaultOf(
  places: readonly Place[],
  predictions: readonly Prediction[],
  { after }: Network,
): string {
  const isWide = ({ hook: { layout: { grid } } }: Place): boolean =>
    grid[0] * grid[1] > 1;
  const isBefore = ({ hook: { name } }: Place): boolean => {
    const reached = after([name]);
    return predictions.every(({ hook }) => reached.has(hook));
  };
  const maps = places.filter(isWide), tokens = maps.filter(areTokens);
  const some = [tokens, maps, places].find(({ length }) => length > 0)!;
  return (some.findLast(isBefore) ?? some.at(-1)!).hook.name;
}

function predictionsOf(
  { path, model }: OnnxFile,
  places: readonly Place[],
  { predictions: names, inverse = false }: OnnxOptions,
): Prediction[] {
  const hooks = places.map(({ hook }) => hook);
  const outputs = model.graph!.output.map(({ name }) => name);
  const chosen = names
    ? chooseHooks(hooks, names)
    : hooks.filter(({ name }) => outputs.includes(name));
  return chosen.map((hook): Prediction => {
    const kind = kindOf(hook), isInverse = kind === "depth" && inverse;
    const what = `"${hook.name}" of ${basename(path)}`;
    return {
      hook: hook.name,
      kind,
      meaning: isInverse ? `${what}, inverse, larger where nearer` : what,
      ...isInverse && { inverse },
    };
  });
}

function kindOf({ width, layout: { specials, grid } }: Hook) {
  if (grid[0] * grid[1] === 0) return "logits";
  return width === 1 && specials === 0 ? "depth" : "features";
}

/** The memory it takes; one picture at a time if the file takes no more. */
function memoryOf(
  graph: GraphProto,
  { images, anyNumber, values }: Described,
  size: Size,
  hooks: readonly Hook[],
) {
  const inside = 1.1 * liveNumbers(graph.node, values, images);
  const weights = weightBytes(
    graph.initializer.map(({ dims }) => ({ shape: dims.map(Number) })),
  );
  const memory = networkMemory({ weights, inside: () => inside, size, hooks });
  if (anyNumber) return memory;
  const numbers = (hook: Hook): number => tokensOf(hook) * hook.width;
  const widest = Math.max(...hooks.map(numbers));
  return {
    together: 1,
    memory: (count: number, hook?: Hook): number =>
      memory.memory(1, hook) +
      8 * Math.max(0, count - 1) * (hook ? numbers(hook) : widest),
  };
}

const pixels = z.int().positive();
const colour = z.tuple([z.number(), z.number(), z.number()]);

/** The plugin. */
const plugin: Plugin<"encoder", OnnxOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "onnx",
  description: "Any image model exported to ONNX",
  options: z.strictObject({
    model: z.string({
      error: "Needs the path of an exported model, such as model.onnx",
    }).meta({ format: "path" }).describe(
      "The .onnx file; files with its weights lie beside it",
    ),
    input: z.string().optional().describe(
      "Name of the input that takes the pictures; by default the only one that can",
    ),
    size: z.union([pixels, z.strictObject({ height: pixels, width: pixels })])
      .optional().describe(
        "Size of the pictures in pixels: one number, or height and width; needed if the file takes any size",
      ),
    fit: z.enum(["stretch", "crop"]).optional().describe(
      "How pictures come to that size: stretch, or crop to the middle part of its shape; by default as preprocessor_config.json says, else stretch",
    ),
    resample: z.enum(["bilinear", "bicubic"]).optional().describe(
      "Filter that resizes; by default as preprocessor_config.json says, else bilinear",
    ),
    scale: z.number().positive().optional().describe(
      "What levels from 0 to 255 are multiplied by; by default as that file says, else 1/255",
    ),
    mean: colour.optional().describe(
      "What is then subtracted from red, green and blue; by default as that file says, else ImageNet's mean",
    ),
    std: colour.optional().describe(
      "What they are then divided by; by default as that file says, else ImageNet's standard deviation",
    ),
    specials: z.int().nonnegative().optional().describe(
      "Number of tokens before the grid, such as CLS; by default the fewest that leave a grid",
    ),
    predictions: z.array(z.string()).optional().describe(
      "Names of the values that it predicts; by default its outputs",
    ),
    inverse: z.boolean().optional().describe(
      "Whether the depth that it predicts is inverse, larger where nearer, as from MiDaS and Depth Anything; by default a distance",
    ),
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
    ...providerOption,
  }),
  create: onnx,
});
export default plugin;
