/**
 * The pictures inside a tar, read in place.
 *
 * @module
 */
import type { PluginContext } from "../../../mod.ts";
import { byCodeUnit, isImageName } from "./file_names.ts";
import { fileReader } from "./file_reader.ts";
import type { PictureSource } from "./picture_dataset.ts";
import { indexTar } from "./tar_index.ts";

/** What a tar holds that cannot be read in place, in a line for the user; nothing where it holds no such thing. */
export function unreadWords(
  path: string,
  unread: Readonly<Record<string, string>>,
): string | undefined {
  const entries = Object.entries(unread);
  if (entries.length === 0) return undefined;
  const some = entries.slice(0, 3).map(([name, why]) => `"${name}" (${why})`);
  const more = entries.length > 3 ? " …" : "";
  return `${entries.length} entries of "${path}" are left out: ${
    some.join(", ")
  }${more}`;
}

/**
 * The pictures inside the tar at `path` and the tars directly inside it; ids
 * are the paths they would have if all were unpacked.
 *
 * `report` is told what else it holds that unpacking would give.
 *
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function tarSource(
  path: string,
  report?: PluginContext["report"],
): Promise<PictureSource> {
  const { names, offsets, sizes, unread } = await indexTar(path);
  const text = unreadWords(path, unread);
  if (text !== undefined) report?.({ text });
  const entries = new Map<string, number>();
  const others: string[] = [];
  // Of two files with one name the later counts, as when a tar is unpacked.
  names.forEach((name, entry) => {
    if (isImageName(name)) entries.set(name, entry);
    else others.push(name);
  });
  const ids = [...entries.keys()].sort(byCodeUnit);
  const order = Uint32Array.from(ids, (id) => entries.get(id)!);
  const file = fileReader(path);
  return {
    ids,
    others: others.sort(byCodeUnit),
    read: (index) => {
      const entry = order[index]!;
      return file.read(offsets[entry]!, sizes[entry]!);
    },
    close: file.close,
  };
}
