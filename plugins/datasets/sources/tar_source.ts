/**
 * The pictures inside a tar, read in place.
 *
 * @module
 */
import { byCodeUnit, isImageName } from "./file_names.ts";
import { fileReader } from "./file_reader.ts";
import type { PictureSource } from "./picture_dataset.ts";
import { indexTar } from "./tar_index.ts";

/**
 * The pictures inside the tar at `path` and the tars directly inside it; ids
 * are the paths they would have if all were unpacked.
 *
 * @throws {FormatError} When the tar is truncated or damaged, with the byte.
 */
export async function tarSource(path: string): Promise<PictureSource> {
  const { names, offsets, sizes } = await indexTar(path);
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
