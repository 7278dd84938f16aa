/**
 * Paths in, the pictures they name out.
 *
 * @module
 */
import { basename, join } from "node:path";
import { ConfigError, ExampleError } from "../core/errors.ts";
import { folderSource } from "../plugins/datasets/folder_source.ts";
import { inUserFolder, shown } from "./_task.ts";

/** A file that should be a picture. */
export interface PictureFile {
  /** What to call it in messages: its path, as the user would write it. */
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
  /** Its path inside the folder that was named, or its file name: `"dogs/rex.jpg"`. */
  readonly id: string;
}

/** What {@linkcode predictInputs} found. */
export interface PredictInputs {
  /** The file of the run that was named. */
  readonly run?: string;
  /** The pictures, in the order they were named. */
  readonly pictures: readonly PictureFile[];
  /** What is wrong with folders that hold none. */
  readonly problems: readonly ExampleError[];
}

/**
 * Sorts the paths that were typed: a file that ends in `.json` and a folder
 * that `train` made are a run, of other folders every picture is meant, all
 * else are pictures. Depth that was written beside pictures is left out.
 *
 * @throws {ConfigError} When two runs are named, or nothing else.
 */
export async function predictInputs(
  paths: readonly string[],
): Promise<PredictInputs> {
  const runs: string[] = [];
  const pictures: PictureFile[] = [];
  const problems: ExampleError[] = [];
  for (const typed of paths) {
    const path = inUserFolder(typed);
    const run = await runFile(path);
    if (run !== undefined) {
      runs.push(run);
    } else if (await isFolder(path)) {
      const found = await picturesIn(path);
      pictures.push(...found);
      if (found.length === 0) problems.push(noPicture(path));
    } else {
      pictures.push({ name: shown(path), path, id: basename(path) });
    }
  }
  const [run] = runs;
  if (runs.length > 1) {
    throw new ConfigError(
      "",
      `Cannot predict with ${runs.length} runs at once: received ${
        runs.map((file) => `"${shown(file)}"`).join(" and ")
      }`,
    );
  }
  if (paths.length === runs.length) {
    throw new ConfigError(
      "",
      "Cannot predict without a picture: name pictures or folders of them, as in deno task predict photo.jpg; --help shows more",
    );
  }
  return { ...run !== undefined && { run }, pictures, problems };
}

/** The file of the run that `path` names: itself, or its settings when it is a run's folder. */
async function runFile(path: string): Promise<string | undefined> {
  if (!await isFolder(path)) {
    return path.toLowerCase().endsWith(".json") ? path : undefined;
  }
  // A model's folder has a config.json, too.
  const config = join(path, "config.json");
  const isRun = await exists(config) &&
    await isFolder(join(path, "checkpoint"));
  return isRun ? config : undefined;
}

/** Names that are given here to what is written. */
const written = /\.depth(\.[a-z]+)?\.png$/;

async function picturesIn(folder: string): Promise<PictureFile[]> {
  const { ids } = await folderSource(folder);
  return ids.filter((id) => !written.test(id)).map((id) => {
    const path = join(folder, id);
    return { name: shown(path), path, id };
  });
}

function noPicture(path: string): ExampleError {
  const name = shown(path);
  return new ExampleError(
    name,
    `Cannot find a picture in "${name}": files that end in .jpg, .jpeg, .png and .webp count, unless they are hidden or end in .depth.png`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((it) => it.isDirectory, () => false);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
