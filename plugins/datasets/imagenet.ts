/**
 * ImageNet, from a folder or from the published tar.
 *
 * @module
 */
import {
  type Dataset,
  definePlugin,
  type Example,
  type Plugin,
  type PluginContext,
} from "../../mod.ts";
import { z } from "zod";
import { datasetPath } from "./sources/dataset_path.ts";
import { byCodeUnit } from "./sources/file_names.ts";
import { folderSource } from "./sources/folder_source.ts";
import { pictureDataset } from "./sources/picture_dataset.ts";
import { tarSource } from "./sources/tar_source.ts";

/** Options of {@linkcode imagenet}. */
export interface ImagenetOptions {
  /** The folder or tar. */
  readonly path: string;
}

/** Classes of ImageNet-1k. */
const classes = 1000;

/**
 * Pictures named by their WordNet synset, from a folder of synsets
 * (`n01440764/n01440764_10026.JPEG`), the official tar, which holds a tar for
 * each synset, or a flat tar (`n01440764_tench.jpg`). A tar is read in place,
 * never unpacked, and gives the ids that its unpacked folder would give.
 *
 * Labels are `synset`, the first synset id in a picture's path; `name`, where
 * words follow it in the file's name; and `class`, the index from 0 to 999 that
 * classifiers use, which is the synset's rank in sorted order. `class` needs all
 * 1,000 synsets to be present, since fewer do not determine it. A picture
 * without a synset in its path, as in the official validation tar, has no
 * label.
 *
 * @throws {ConfigError} When there is no such file or folder, or it holds no picture.
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function imagenet(
  options: ImagenetOptions,
  context: Pick<PluginContext, "base" | "report">,
): Promise<Dataset> {
  const { path, isFolder } = await datasetPath(options.path, context.base);
  const source =
    await (isFolder ? folderSource(path) : tarSource(path, context.report));
  const numbers = classNumbers(source.ids);
  return pictureDataset(path, source, (id) => labelsOf(id, numbers));
}

function synsetOf(id: string): string | undefined {
  return /(?:^|[/_])(n\d{8})(?![^/_.])/.exec(id)?.[1];
}

/** The words after the synset in a file name: `great white shark`. */
function nameOf(id: string): string | undefined {
  return /(?:^|\/)n\d{8}_(\D.*)\.\w+$/.exec(id)?.[1]?.replaceAll("_", " ");
}

/** The class index of each synset, when all are present. */
function classNumbers(ids: readonly string[]): ReadonlyMap<string, number> {
  const synsets = new Set(
    ids.map(synsetOf).filter((synset) => synset !== undefined),
  );
  if (synsets.size !== classes) return new Map();
  const sorted = [...synsets].sort(byCodeUnit);
  return new Map(sorted.map((synset, number) => [synset, number]));
}

function labelsOf(
  id: string,
  numbers: ReadonlyMap<string, number>,
): Example["labels"] {
  const synset = synsetOf(id);
  if (synset === undefined) return undefined;
  const number = numbers.get(synset);
  const name = nameOf(id);
  return {
    synset,
    ...(number !== undefined && { class: number }),
    ...(name !== undefined && { name }),
  };
}

const plugin: Plugin<"dataset", ImagenetOptions> = definePlugin({
  apiVersion: 1,
  kind: "dataset",
  name: "imagenet",
  description:
    "ImageNet: the folder of synsets, the official tar or a flat tar, read in place",
  options: z.strictObject({
    path: z.string().min(1).meta({ format: "path" }).describe(
      "Folder or tar of pictures named by synset; a relative path starts at the run's file",
    ),
  }),
  create: imagenet,
});

export default plugin;
