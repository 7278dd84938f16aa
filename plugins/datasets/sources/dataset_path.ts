/**
 * Finds the file or folder that a dataset's option `path` names.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../../mod.ts";
import { someNames } from "./file_names.ts";

/** An existing file or folder. */
export interface DatasetPath {
  /** Its absolute path. */
  readonly path: string;
  /** Whether it is a folder. */
  readonly isFolder: boolean;
}

/**
 * Finds `path`, which is absolute or relative to `base`.
 *
 * @throws {ConfigError} When nothing is there; the message lists what is.
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

/** Lists the deepest existing folder on the way to `path`. */
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
