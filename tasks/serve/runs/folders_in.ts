/**
 * Lists folders.
 *
 * @module
 */

import { isOutOfFiles } from "../http/problem.ts";

/** The sorted names of the folders in `path`; none where it does not exist. */
export async function foldersIn(path: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(path)) {
      if (entry.isDirectory || entry.isSymlink) names.push(entry.name);
    }
  } catch (error) {
    if (isOutOfFiles(error)) throw error;
    return [];
  }
  return names.sort();
}
