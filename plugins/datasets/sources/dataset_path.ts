/**
 * The option `path` of a dataset in, the file or folder it names out.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../../mod.ts";
import { someNames } from "./file_names.ts";

/** A file or folder that exists. */
export interface DatasetPath {
  /** Its absolute path. */
  readonly path: string;
  /** Whether it is a folder. */
  readonly isFolder: boolean;
}

/**
 * Finds `path`, which is absolute or starts at `base`.
 *
 * @throws {ConfigError} When there is nothing, with what there is instead.
 */
export async function datasetPath(
  path: string,
  base: URL,
): Promise<DatasetPath> {
  const absolute = resolve(fileURLToPath(base), path);
  try {
    const { isDirectory } = await Deno.stat(absolute);
    return { path: absolute, isFolder: isDirectory };
  } catch (cause) {
    if (
      !(cause instanceof Deno.errors.NotFound) &&
      !(cause instanceof Deno.errors.NotADirectory)
    ) throw cause;
    throw new ConfigError(
      "dataset.path",
      `Cannot find "${path}": looked for "${absolute}"; ${await nearestFolder(
        dirname(absolute),
      )}`,
      { cause },
    );
  }
}

/** What the deepest folder on the way to `path` holds. */
async function nearestFolder(path: string): Promise<string> {
  try {
    const names = await Array.fromAsync(Deno.readDir(path), ({ name }) => name);
    return `"${path}" holds ${someNames(names.sort())}`;
  } catch (error) {
    const up = dirname(path);
    if (!(error instanceof Deno.errors.NotFound) || up === path) {
      return `"${path}" cannot be listed`;
    }
    return await nearestFolder(up);
  }
}
