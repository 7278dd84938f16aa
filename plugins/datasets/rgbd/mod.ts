/**
 * Pictures with their depth, as a folder or a tar.
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
import { decodeImage } from "../sources/decode_image.ts";
import { chooseLayout } from "./choose_layout.ts";
import { type FileSet, fileSet } from "./file_set.ts";
import type { Pair } from "./find_pairs.ts";
import { fitMap } from "./fit_map.ts";
import { type Layout, layoutNames } from "./layouts.ts";
import { readMap } from "./read_map.ts";
import { toMetres } from "./to_metres.ts";

/** Options of {@linkcode rgbd}. */
export interface RgbdOptions {
  /** The folder or tar. */
  readonly path: string;
  /** How files are named: a published layout, `"custom"` by the patterns, or `"auto"`, what fits most. */
  readonly layout?: string | undefined;
  /** What pictures are called: `*` stands for part of a name, `#` for digits. */
  readonly imagePattern?: string | undefined;
  /** What their depth is called: the same `*` and `#` in the same order. */
  readonly depthPattern?: string | undefined;
  /** Metres that a stored number of 1 stands for; the layout's where absent. */
  readonly scale?: number | undefined;
  /** Depth beyond this many metres is unknown; none is where absent. */
  readonly maxDepth?: number | undefined;
}

/** What {@linkcode rgbd} gives. */
export interface RgbdDataset extends Dataset {
  /** The layout that was found. */
  readonly layout: string;
  /** How many pictures were left out because they have no depth. */
  readonly withoutDepth: number;
  /** The sequence of a picture: its scene, drive or folder of frames. */
  sequenceOf(index: number): string;
}

/**
 * Pictures with a depth map each, found by the names of files: 7-Scenes, NYU
 * Depth v2 as BTS or DenseDepth export it, DIODE, KITTI, or any that
 * `imagePattern` and `depthPattern` describe, such as `rgb/*.jpg` and
 * `depth/*.png`. Pictures without depth are left out.
 *
 * Map: `depth` in metres, NaN where unknown, at the picture's size. It is read
 * from grey PNG of 16 bits (8 where the layout has it), PFM or NPY; of another
 * size, the nearest pixel is taken. The depth of 7-Scenes as published is what
 * its depth camera saw: it fits the picture only roughly, at the edges by about
 * a twentieth of the width, unless it was projected (`.depth.proj.png`).
 *
 * Label: `sequence`. Sequences come in code-unit order, their frames by number.
 * What lies in no folder is one sequence, named as the folder or tar is.
 *
 * @throws {ConfigError} When there is no such file or folder, no picture with
 * depth in it, or the options contradict each other.
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function rgbd(
  options: RgbdOptions,
  context: Pick<PluginContext, "base" | "report">,
): Promise<RgbdDataset> {
  const found = await datasetPath(options.path, context.base);
  const files = await fileSet(found);
  const { path } = found, base = basename(path).replace(/\.tar$/i, "");
  const { layout, pairs, withoutDepth } = await orClose(
    files,
    () => chooseLayout(options, { path, base, names: files.names }),
  );
  if (withoutDepth > 0) {
    const text = `without depth, left out: ${withoutDepth} of ${
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
    () => readDepth(files, pair, image, layout, options),
  );
  return { id, image, labels: { sequence }, maps: { depth } };
}

async function readDepth(
  files: FileSet,
  pair: Pair,
  image: RgbImage,
  layout: Layout,
  { scale, maxDepth }: RgbdOptions,
): Promise<DenseMap> {
  // Who says what a number means may have any kind of them.
  const bits = scale === undefined ? layout.bits : undefined;
  const stored = await readMap(pair.depth, await files.read(pair.depth), bits);
  const mask = pair.mask === undefined
    ? undefined
    : await readMap(pair.mask, await files.read(pair.mask));
  const unit = scale ?? (stored.whole ? layout.scale : 1);
  const metres = toMetres(stored, { scale: unit, maxDepth, mask });
  const depth = fitMap(metres, image);
  if (depth.data.some((value) => value > 0)) return depth;
  const because = ["0 or less", stored.whole ? "65535" : "not finite"];
  if (mask) because.push("masked");
  if (maxDepth !== undefined) because.push(`beyond maxDepth, ${maxDepth} m`);
  throw new Error(
    `no pixel of its depth is known: each is ${because.join(", or ")}`,
  );
}

/** Makes any failure of `work` one of this example, but those that name a file. */
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
    "Pictures with depth: 7-Scenes, NYU, DIODE, KITTI or others, as folder or tar",
  options: z.strictObject({
    path: z.string().min(1).meta({ format: "path" }).describe(
      "Folder or tar of pictures and depth maps; a relative path starts at the run's file",
    ),
    layout: z.enum(["auto", "custom", ...layoutNames]).default("auto")
      .describe("How files are named; auto takes what fits most"),
    imagePattern: z.string().min(1).optional().describe(
      'Names of pictures in a custom layout: "rgb/*.jpg", where * is part of a name and # digits',
    ),
    depthPattern: z.string().min(1).optional().describe(
      'Names of their depth: "depth/*.png", with the same * and #',
    ),
    scale: z.number().positive().optional().describe(
      "Metres that a stored number of 1 stands for; the layout's where absent",
    ),
    maxDepth: z.number().positive().optional().describe(
      "Depth beyond this many metres is unknown; none is where absent",
    ),
  }),
  create: rgbd,
});

export default plugin;
