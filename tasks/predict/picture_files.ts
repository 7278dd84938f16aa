/**
 * Finds the pictures and the run among the paths that were typed.
 *
 * @module
 */
import { basename, join } from "node:path";
import { ConfigError, ExampleError } from "../../core/errors.ts";
import { imageExtensions } from "../../plugins/datasets/sources/file_names.ts";
import { folderSource } from "../../plugins/datasets/sources/folder_source.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";

/** A file expected to be a picture. */
export interface PictureFile {
  /** Its name in messages: the path as the user would write it. */
  readonly name: string;
  /** Its absolute path. */
  readonly path: string;
  /** Its path inside the folder that was typed, `"dogs/rex.jpg"`, or its file name. */
  readonly id: string;
}

/** The pictures and the run that were typed. */
export interface PredictInputs {
  /** The file of the run. */
  readonly run?: string;
  /** The pictures in the order typed, each once. */
  readonly pictures: readonly PictureFile[];
  /** Missing files, and folders without a picture. */
  readonly problems: readonly ExampleError[];
  /** What is left out of the folders. */
  readonly notes: readonly string[];
}

/**
 * Sorts the paths that were typed: a file that ends in `.json` or a folder that
 * `train` made is a run, any other folder stands for every picture in it, and
 * all else is a picture. Depth written earlier beside pictures is left out.
 * Only folders are read here.
 *
 * @throws {ConfigError} When two runs are typed, or no picture.
 */
export async function predictInputs(
  paths: readonly string[],
): Promise<PredictInputs> {
  const runs: string[] = [];
  const pictures = new Map<string, PictureFile>();
  const problems: ExampleError[] = [];
  const notes: string[] = [];
  const add = (path: string, id: string): void => {
    if (!pictures.has(path)) {
      pictures.set(path, { name: shown(path), path, id });
    }
  };
  for (const typed of paths) {
    const path = inUserFolder(typed);
    const found = await whatIs(path), run = await runFile(path, found);
    if (run !== undefined) {
      runs.push(run);
    } else if (found === "folder") {
      const { ids, others } = await picturesIn(path);
      for (const id of ids) add(join(path, id), id);
      if (ids.length === 0) problems.push(noPicture(path, others));
      else if (others.length > 0) notes.push(leftOut(path, others));
    } else if (found === "nothing") {
      problems.push(noFile(typed, shown(path)));
    } else add(path, basename(path));
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
  return {
    ...run !== undefined && { run },
    pictures: [...pictures.values()],
    problems,
    notes,
  };
}

/** The run's file when `path` is one, or its config.json when `path` is a run's folder. */
async function runFile(
  path: string,
  found: Found,
): Promise<string | undefined> {
  if (found !== "folder") {
    return path.toLowerCase().endsWith(".json") ? path : undefined;
  }
  // The folder of a model has a config.json, too.
  const config = join(path, "config.json");
  const isRun = await whatIs(config) === "file" &&
    await whatIs(join(path, "checkpoint")) === "folder";
  return isRun ? config : undefined;
}

/** Names of the depth files that this command writes. */
const written = /\.depth(\.[a-z]+)?\.png$/;

/** Endings of pictures; GIFs, which training does not take, are predicted. */
const endings = [...imageExtensions, ".gif"];
const whichCount = `files that end in ${endings.slice(0, -1).join(", ")} and ${
  endings.at(-1)
} count, unless they are hidden or end in .depth.png`;

/** The files below a folder, pictures and others. */
async function picturesIn(
  folder: string,
): Promise<{ readonly ids: string[]; readonly others: string[] }> {
  const found = await folderSource(folder);
  const all = [...found.ids, ...found.others].sort();
  const isPicture = (id: string): boolean =>
    endings.some((end) => id.toLowerCase().endsWith(end)) && !written.test(id);
  return {
    ids: all.filter(isPicture),
    others: all.filter((id) => !isPicture(id)),
  };
}

function noPicture(path: string, others: readonly string[]): ExampleError {
  const name = shown(path);
  const holds = others.length === 0 ? "nothing else" : some(others);
  return new ExampleError(
    name,
    `Cannot find a picture in "${name}": ${whichCount}; it holds ${holds}`,
  );
}

function leftOut(path: string, others: readonly string[]): string {
  return `left out of "${shown(path)}": ${some(others)}; ${whichCount}`;
}

/** The first of `names`: `"a", "b", "c" and 7 more`. */
function some(names: readonly string[]): string {
  const first = names.slice(0, 3).map((name) => `"${name}"`).join(", ");
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

function noFile(typed: string, path: string): ExampleError {
  const save = "save the picture as a file and type its path";
  const [name, why] = /^[a-z][a-z.+-]+:\/\//i.test(typed)
    ? [typed, `it is an address; ${save}`]
    : typed === "-"
    ? [typed, `standard input is not read; ${save}`]
    : [path, "there is no such file"];
  return new ExampleError(name, `Cannot read "${name}": ${why}`);
}

type Found = "folder" | "file" | "nothing";

/** What cannot be examined counts as a file: reading it says why. */
async function whatIs(path: string): Promise<Found> {
  return await Deno.stat(path).then(
    ({ isDirectory }) => isDirectory ? "folder" : "file",
    (error) => error instanceof Deno.errors.NotFound ? "nothing" : "file",
  );
}
