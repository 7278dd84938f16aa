/**
 * Reads pictures of a dataset, with the maps that belong to them.
 *
 * @module
 */
import type { Dataset, Example, RgbImage } from "../../../mod.ts";

/** A picture, and what is known of it. */
export interface StudyPicture {
  /** Its index in the dataset. */
  readonly index: number;
  /** Its name. */
  readonly id: string;
  /** The picture. */
  readonly image: RgbImage;
  /** What the dataset knows of its pixels, such as their depth. */
  readonly maps?: Example["maps"] | undefined;
}

/** The pictures among `indices` that can be decoded, in order. */
export async function readPictures(
  dataset: Pick<Dataset, "get">,
  indices: Iterable<number>,
): Promise<StudyPicture[]> {
  const read = Array.from(indices, (index) =>
    dataset.get(index).then(
      ({ id, image, maps }) => [{ index, id, image, maps }],
      (error) => {
        // By name, since a plugin may bring its own copy of the class.
        if (error?.name !== "ExampleError") throw error;
        return [];
      },
    ));
  return (await Promise.all(read)).flat();
}

/** The first picture among `indices` that can be decoded. */
export async function firstPicture(
  dataset: Pick<Dataset, "get">,
  indices: Iterable<number>,
): Promise<StudyPicture | undefined> {
  for (const index of indices) {
    const [found] = await readPictures(dataset, [index]);
    if (found) return found;
  }
}
