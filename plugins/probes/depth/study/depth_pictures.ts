/**
 * Indices of pictures in, the pictures and their true depth out.
 *
 * @module
 */
import type { Dataset, DenseMap, RgbImage } from "../../../../mod.ts";

/** A picture, and how far what it shows is. */
export interface DepthPicture {
  /** Its index in the dataset. */
  readonly index: number;
  /** Its name. */
  readonly id: string;
  /** The picture. */
  readonly image: RgbImage;
  /** Metres, NaN where unknown; absent where the dataset does not know. */
  readonly depth?: DenseMap | undefined;
}

/** The pictures among `indices` that can be decoded, in order. */
export async function readDepthPictures(
  dataset: Dataset,
  indices: Iterable<number>,
): Promise<DepthPicture[]> {
  const read = Array.from(indices, (index) =>
    dataset.get(index).then(
      ({ id, image, maps }) => [{ index, id, image, depth: maps?.depth }],
      (error) => {
        // By name, since a plugin may bring its own copy of the class.
        if (error?.name !== "ExampleError") throw error;
        return [];
      },
    ));
  return (await Promise.all(read)).flat();
}
