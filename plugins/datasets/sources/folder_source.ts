/**
 * The pictures below a folder.
 *
 * @module
 */
import { join } from "node:path";
import { ExampleError } from "../../../mod.ts";
import { byCodeUnit, isImageName } from "./file_names.ts";
import type { PictureSource } from "./picture_dataset.ts";

/**
 * The pictures in `folder` and the folders below it; ids are relative paths
 * with forward slashes. Hidden files and folders are left out. Links are
 * followed, except to a folder that contains them.
 */
export async function folderSource(folder: string): Promise<PictureSource> {
  const ids: string[] = [];
  const others: string[] = [];
  await walk(folder, "", [], (id) => {
    if (isImageName(id)) ids.push(id);
    else others.push(id);
  });
  ids.sort(byCodeUnit);
  return {
    ids,
    others: others.sort(byCodeUnit),
    read: (index) => readPicture(folder, ids[index]!),
  };
}

async function readPicture(folder: string, id: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(join(folder, id));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause;
    throw new ExampleError(id, `Cannot read "${id}": ${why}`, { cause });
  }
}

/** Calls `found` for each file below `folder`; `above` are the folders that contain it. */
async function walk(
  folder: string,
  prefix: string,
  above: readonly string[],
  found: (id: string) => void,
): Promise<void> {
  const real = await Deno.realPath(folder);
  if (above.includes(real)) return;
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    if (name.startsWith(".")) continue;
    const path = join(folder, name);
    if (isDirectory || isSymlink && await isFolder(path)) {
      await walk(path, `${prefix}${name}/`, [...above, real], found);
    } else found(prefix + name);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    // A broken link: if it is named as a picture, reading it will say so.
    return false;
  }
}
