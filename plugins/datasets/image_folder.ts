/**
 * Pictures in a folder for each class.
 *
 * @module
 */
import {
  ConfigError,
  type Dataset,
  definePlugin,
  type Example,
  type Plugin,
  type PluginContext,
} from "../../mod.ts";
import { z } from "zod";
import { datasetPath } from "./sources/dataset_path.ts";
import { folderSource } from "./sources/folder_source.ts";
import { pictureDataset } from "./sources/picture_dataset.ts";

/** Options of {@linkcode imageFolder}. */
export interface ImageFolderOptions {
  /** The folder. */
  readonly path: string;
}

/**
 * The JPEG, PNG and WebP files below a folder, ordered by their ids, which are
 * their paths inside it: `cats/tabby.jpg`. The first folder of that path is
 * the label `class`; a picture directly in the folder has no label.
 *
 * @throws {ConfigError} When there is no such folder, or it holds no picture.
 */
export async function imageFolder(
  options: ImageFolderOptions,
  context: Pick<PluginContext, "base">,
): Promise<Dataset> {
  const { path, isFolder } = await datasetPath(options.path, context.base);
  if (!isFolder) {
    throw new ConfigError(
      "dataset.path",
      `Cannot open "${options.path}" as image-folder: "${path}" is a file; for a tar of ImageNet use "imagenet"`,
    );
  }
  return pictureDataset(path, await folderSource(path), classOf);
}

function classOf(id: string): Example["labels"] {
  const end = id.indexOf("/");
  return end < 0 ? undefined : { class: id.slice(0, end) };
}

const plugin: Plugin<"dataset", ImageFolderOptions> = definePlugin({
  apiVersion: 1,
  kind: "dataset",
  name: "image-folder",
  description: "JPEG, PNG and WebP files in a folder for each class",
  options: z.strictObject({
    path: z.string().min(1).meta({ format: "path" }).describe(
      "Folder of pictures; a relative path starts at the run's file",
    ),
  }),
  create: imageFolder,
});

export default plugin;
