/**
 * Pictures with depth maps, from a folder or a tar.
 *
 * @module
 */
import { basename } from "node:path";
import {
  type Dataset,
  definePlugin,
  type DenseMap,
  type Example,
  ExampleError,
  type Plugin,
  type PluginContext,
  type RgbImage,
} from "../../../mod.ts";
import { z } from "zod";
import { datasetPath } from "../sources/dataset_path.ts";
import { decodeImage, orientationOf } from "../sources/decode_image.ts";
import { chooseLayout } from "./choose_layout.ts";
import { type FileSet, fileSet } from "./file_set.ts";
import type { Pair } from "./find_pairs.ts";
import { fitMap } from "./fit_map.ts";
import { type Layout, layoutNames } from "./layouts.ts";
import { readMap } from "./read_map.ts";
import { toMetres } from "./to_metres.ts";
import { isSideways, turnMap } from "./turn_map.ts";

/** Options of {@linkcode rgbd}. */
export interface RgbdOptions {
  /** The folder or tar. */
  readonly path: string;
  /** How files are named: a published layout, `"custom"` for the patterns, or `"auto"` for the best match. */
  readonly layout?: string | undefined;
  /** The pattern of pictures: `*` stands for part of a name, `#` for digits. */
  readonly imagePattern?: string | undefined;
  /** The pattern of depth maps, with the same `*` and `#` in the same order. */
  readonly depthPattern?: string | undefined;
  /** Metres per unit of a stored number; the layout's by default. */
  readonly scale?: number | undefined;
  /** Depth beyond this many metres counts as unknown; no limit by default. */
  readonly maxDepth?: number | undefined;
}

/** The dataset that {@linkcode rgbd} opens. */
export interface RgbdDataset extends Dataset {
  /** The layout that was found. */
  readonly layout: string;
  /** How many pictures were left out for lack of depth. */
  readonly withoutDepth: number;
  /** The sequence of a picture: its scene, drive or folder of frames. */
  sequenceOf(index: number): string;
}

/**
 * Pictures with a depth map each, found by file name: 7-Scenes, NYU Depth v2 as
 * BTS or DenseDepth export it, DIODE, KITTI, or any layout that `imagePattern`
 * and `depthPattern` describe, such as `rgb/*.jpg` and `depth/*.png`. Pictures
 * without depth are left out.
 *
 * Map: `depth` in metres, NaN where unknown, at the picture's size. It is read
 * from 16-bit grey PNG (8-bit where the layout says so), PFM or NPY, and resized
 * by nearest neighbour. The depth of 7-Scenes as published is that of its depth
 * camera, which the picture matches only roughly, at the edges to about a
 * twentieth of the width, unless it was projected (`.depth.proj.png`).
 *
 * Label: `sequence`. Sequences come in code-unit order, their frames by number.
 * Files outside any folder are one sequence, named after the folder or tar.
 *
 * @throws {ConfigError} When there is no such file or folder, it holds no picture
 * with depth, or the options contradict each other.
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function rgbd(
  options: RgbdOptions,
  context: Pick<PluginContext, "base" | "report">,
): Promise<RgbdDataset> {
  const found = await datasetPath(options.path, context.base);
  const files = await fileSet(found, context.report);
  const { path } = found, base = basename(path).replace(/\.tar$/i, "");
  const { layout, pairs, withoutDepth } = await orClose(
    files,
    () => chooseLayout(options, { path, base, names: files.names }),
  );
  if (withoutDepth > 0) {
    const text = `left out for lack of depth: ${withoutDepth} of ${
      pairs.length + withoutDepth
    } pictures`;
    context.report?.({ text });
  }
  const pairAt = (index: number): Pair => {
    const pair = pairs[index];
    if (pair) return pair;
    throw new RangeError(
      `Cannot get example ${index}: there are ${pairs.length}`,
    );
  };
  return {
    length: pairs.length,
    layout: layout.name,
    withoutDepth,
    get: async (index) =>
      await readExample(files, pairAt(index), layout, options),
    sequenceOf: (index) => pairAt(index).sequence,
    close: async () => await files.close?.(),
  };
}

async function orClose<Result>(
  files: FileSet,
  work: () => Result,
): Promise<Result> {
  try {
    return work();
  } catch (error) {
    await files.close?.();
    throw error;
  }
}

async function readExample(
  files: FileSet,
  pair: Pair,
  layout: Layout,
  options: RgbdOptions,
): Promise<Example> {
  const { image: id, sequence } = pair;
  const bytes = await reasoned(id, `read "${id}"`, () => files.read(id));
  const image = await decodeImage(id, bytes);
  const depth = await reasoned(
    id,
    `read the depth of "${id}" from "${pair.depth}"`,
    async () => {
      const orientation = await orientationOf(bytes);
      const upright = { ...image, orientation };
      return await readDepth(files, pair, upright, layout, options);
    },
  );
  return { id, image, labels: { sequence }, maps: { depth } };
}

async function readDepth(
  files: FileSet,
  pair: Pair,
  image: RgbImage & { readonly orientation: number },
  layout: Layout,
  { scale, maxDepth }: RgbdOptions,
): Promise<DenseMap> {
  // With a scale of one's own, any number of bits will do.
  const bits = scale === undefined ? layout.bits : undefined;
  const stored = await readMap(pair.depth, await files.read(pair.depth), bits);
  const mask = pair.mask === undefined
    ? undefined
    : await readMap(pair.mask, await files.read(pair.mask));
  const unit = scale ?? (stored.whole ? layout.scale : 1);
  const metres = toMetres(stored, { scale: unit, maxDepth, mask });
  const depth = fitMap(upright(metres, image), image);
  if (depth.data.some((value) => value > 0)) return depth;
  const because = ["0 or less", stored.whole ? "65535" : "not finite"];
  if (mask) because.push("masked");
  if (maxDepth !== undefined) because.push(`beyond maxDepth, ${maxDepth} m`);
  throw new Error(
    `its depth is unknown everywhere: each pixel is ${because.join(", or ")}`,
  );
}

/** The map turned as its picture was; one that has the upright picture's shape already, and not the stored one's, stays. */
function upright(
  map: DenseMap,
  { width, height, orientation }: RgbImage & { readonly orientation: number },
): DenseMap {
  const isWide = (a: number, b: number) => a > b;
  const isUpright = isSideways(orientation) && width !== height &&
    map.width !== map.height &&
    isWide(map.width, map.height) === isWide(width, height);
  return isUpright ? map : turnMap(map, orientation);
}

/** Turns any failure of `work` into one of this example, except those that name a file. */
async function reasoned<Result>(
  id: string,
  what: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof Error && cause.name === "FormatError") throw cause;
    const [why] = String(cause instanceof Error ? cause.message : cause)
      .split("\n");
    throw new ExampleError(id, `Cannot ${what}: ${why}`, { cause });
  }
}

const plugin: Plugin<"dataset", RgbdOptions> = definePlugin({
  apiVersion: 1,
  kind: "dataset",
  name: "rgbd",
  description:
    "Pictures with depth: 7-Scenes, NYU, DIODE, KITTI or others, in a folder or tar",
  options: z.strictObject({
    path: z.string().min(1).meta({ format: "path" }).describe(
      "Folder or tar of pictures and depth maps; a relative path starts at the run's file",
    ),
    layout: z.enum(["auto", "custom", ...layoutNames]).default("auto")
      .describe("How files are named; auto takes the best match"),
    imagePattern: z.string().min(1).optional().describe(
      'Pattern of pictures in a custom layout: "rgb/*.jpg", where * is part of a name and # digits',
    ),
    depthPattern: z.string().min(1).optional().describe(
      'Pattern of their depth maps: "depth/*.png", with the same * and #',
    ),
    scale: z.number().positive().optional().describe(
      "Metres per unit of a stored number; the layout's by default",
    ),
    maxDepth: z.number().positive().optional().describe(
      "Depth beyond this many metres counts as unknown; no limit by default",
    ),
  }),
  create: rgbd,
});

export default plugin;
