/**
 * A dataset of picture files.
 *
 * @module
 */
import { ConfigError, type Dataset, type Example } from "../../../mod.ts";
import { decodeImage } from "./decode_image.ts";
import { imageExtensions, someNames } from "./file_names.ts";

/** Picture files by index. */
export interface PictureSource {
  /** Their ids, in code-unit order. */
  readonly ids: readonly string[];
  /** Names of files that are not pictures. */
  readonly others: readonly string[];
  /** Reads one file. */
  read(index: number): Promise<Uint8Array>;
  /** Closes open files. */
  close?(): Promise<void>;
}

/**
 * The pictures of `source`, which lies at `path`, decoded on demand; `label`
 * makes labels from ids.
 *
 * @throws {ConfigError} When there are none.
 */
export function pictureDataset(
  path: string,
  source: PictureSource,
  label: (id: string) => Example["labels"],
): Dataset {
  const { ids, others } = source;
  if (ids.length === 0) throw noPictures(path, others);
  return {
    length: ids.length,
    get: async (index) => {
      const id = ids[index];
      if (id === undefined) {
        throw new RangeError(
          `Cannot get example ${index}: there are ${ids.length}`,
        );
      }
      const image = await decodeImage(id, await source.read(index));
      const labels = label(id);
      return labels ? { id, image, labels } : { id, image };
    },
    close: async () => await source.close?.(),
  };
}

function noPictures(path: string, others: readonly string[]): ConfigError {
  return new ConfigError(
    "dataset.path",
    `Cannot find a picture in "${path}": pictures are files that end in ${
      imageExtensions.join(", ")
    } and are not hidden; it holds ${someNames(others)}`,
  );
}
