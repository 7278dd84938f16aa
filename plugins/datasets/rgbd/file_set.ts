/**
 * The files of a folder or tar.
 *
 * @module
 */
import { join } from "node:path";
import type { PluginContext } from "../../../mod.ts";
import type { DatasetPath } from "../sources/dataset_path.ts";
import { fileReader } from "../sources/file_reader.ts";
import { indexTar } from "../sources/tar_index.ts";
import { unreadWords } from "../sources/tar_source.ts";
import { folderSource } from "../sources/folder_source.ts";

/** Files by path. */
export interface FileSet {
  /** Paths with forward slashes; hidden files are left out. */
  readonly names: readonly string[];
  /** Reads a file. */
  read(name: string): Promise<Uint8Array>;
  /** Closes open files. */
  close?(): Promise<void>;
}

/**
 * The files below a folder, or inside a tar and the tars directly inside it. A
 * tar is read in place; `report` is told what else it holds that unpacking
 * would give.
 *
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function fileSet(
  { path, isFolder }: DatasetPath,
  report?: PluginContext["report"],
): Promise<FileSet> {
  if (!isFolder) return await tarFiles(path, report);
  const { ids, others } = await folderSource(path);
  return {
    names: [...ids, ...others],
    read: (name) => Deno.readFile(join(path, name)),
  };
}

async function tarFiles(
  path: string,
  report: PluginContext["report"],
): Promise<FileSet> {
  const { names, offsets, sizes, unread } = await indexTar(path);
  const text = unreadWords(path, unread);
  if (text !== undefined) report?.({ text });
  // Of two files with one name the later counts, as when a tar is unpacked.
  const entries = new Map(names.map((name, entry) => [name, entry]));
  const file = fileReader(path);
  return {
    names: [...entries.keys()].filter((name) => !/(^|\/)\./.test(name)),
    read: (name) => {
      const entry = entries.get(name)!;
      return file.read(offsets[entry]!, sizes[entry]!);
    },
    close: file.close,
  };
}
