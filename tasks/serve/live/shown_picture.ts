/**
 * The picture that an address names: one of the dataset by its index, or one
 * that a reader dropped.
 *
 * @module
 */
import type { ServeContext } from "../context.ts";
import { type DroppedPicture, isDropped } from "./dropped_pictures.ts";
import type { LivePicture } from "./live_model.ts";
import { pictureIndex } from "../runs/address_numbers.ts";
import { droppedUrl, pictureUrl } from "../urls.ts";
import type { PictureSize } from "../runs/pictures.ts";
import { Problem } from "../http/problem.ts";
import type { Run } from "../runs/run_store.ts";

/** A picture that a page shows. */
export interface ShownPicture extends LivePicture {
  /** Its name in addresses: `12`, or `own-…`. */
  readonly ref: string;
  /** Its index in the dataset, where it is from there. */
  readonly index?: number;
  /** Its name. */
  readonly name: string;
  /** Its labels, by name. */
  readonly labels: Readonly<Record<string, string | number>>;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** The address of what the encoder sees of it. */
  url(size: PictureSize): string;
}

/**
 * Finds a picture.
 *
 * @throws {Problem} When it does not exist, or cannot be decoded.
 */
export async function shownPicture(
  { pictures, dropped }: Pick<ServeContext, "pictures" | "dropped">,
  run: Run,
  ref: string,
): Promise<ShownPicture> {
  if (isDropped(ref)) return ofReader(run, dropped.get(ref));
  const index = pictureIndex(ref), count = await pictures.count(run);
  if (index >= count) {
    throw new Problem(
      404,
      `Cannot find picture ${index}: the dataset has ${
        count.toLocaleString("en")
      }, numbered from 0 to ${(count - 1).toLocaleString("en")}`,
    );
  }
  const { id, labels, width, height } = await pictures.small(
    run,
    index,
    "large",
  );
  return {
    ref: String(index),
    key: String(index),
    index,
    name: id,
    labels,
    width,
    height,
    image: async () => (await pictures.example(run, index)).image,
    url: (size) => pictureUrl(run, index, size),
  };
}

function ofReader(run: Run, { id, name, image }: DroppedPicture): ShownPicture {
  return {
    ref: id,
    key: id,
    name,
    labels: {},
    width: image.width,
    height: image.height,
    image: () => Promise.resolve(image),
    url: (size) => droppedUrl(run.name, id, size),
  };
}
