/**
 * The bytes of a reader's own picture in, the picture under a name that cannot
 * be guessed out: in memory only, the last few.
 *
 * @module
 */
import type { RgbImage } from "../../../core/dataset.ts";
import { decodeImage } from "../../../plugins/datasets/sources/decode_image.ts";
import { lru } from "../runs/lru.ts";
import { Problem } from "../http/problem.ts";

/** A reader's own picture. */
export interface DroppedPicture {
  /** Its name in addresses. */
  readonly id: string;
  /** Its file's name. */
  readonly name: string;
  /** Its pixels; a large one was shrunk. */
  readonly image: RgbImage;
}

/** Pictures that readers have dropped. */
export interface DroppedPictures {
  /**
   * Keeps a picture.
   *
   * @throws {Problem} When the bytes are none.
   */
  add(name: string, bytes: Uint8Array): Promise<DroppedPicture>;
  /**
   * The picture of that name.
   *
   * @throws {Problem} When it was forgotten, or never here.
   */
  get(id: string): DroppedPicture;
  /** All that are kept, the last one first. */
  list(): readonly DroppedPicture[];
}

/** Most bytes of a file. */
export const mostBytes: number = 20 * 2 ** 20;

/** Longest side that is kept: more than any encoder looks at. */
const longestSide = 2048;

/** Pictures that are kept. */
export const keptPictures = 12;

/** Whether part of an address is the name of a dropped picture. */
export function isDropped(text: string): boolean {
  return /^own-[0-9a-f]{16}$/.test(text);
}

/** Room for a few pictures. */
export function droppedPictures(): DroppedPictures {
  const order: DroppedPicture[] = [];
  const kept = lru<DroppedPicture>(
    keptPictures,
    (old) => void order.splice(order.indexOf(old), 1),
  );
  return {
    async add(name, bytes) {
      const image = await decoded(name, bytes);
      const random = crypto.getRandomValues(new Uint8Array(8)).toHex();
      const picture = { id: `own-${random}`, name: name.slice(0, 120), image };
      order.unshift(picture);
      kept.set(picture.id, picture, 1);
      return picture;
    },
    get(id) {
      const found = kept.get(id);
      if (found) return found;
      throw new Problem(
        404,
        `Cannot find this picture: the last ${keptPictures} that were dropped are kept, until the server ends; drop it again`,
      );
    },
    list: () => [...order],
  };
}

async function decoded(name: string, bytes: Uint8Array): Promise<RgbImage> {
  try {
    const { default: sharp } = await import("sharp");
    const size = async () => await sharp(bytes).metadata();
    const { width, height } = await size()
      .catch(() => ({ width: 0, height: 0 }));
    const isLarge = Math.max(width, height) > longestSide;
    return await decodeImage(name, isLarge ? await shrunk(bytes) : bytes);
  } catch (cause) {
    if ((cause as Error)?.name === "ExampleError") {
      throw new Problem(422, (cause as Error).message, { cause });
    }
    throw new Problem(
      422,
      `Cannot decode "${name}": ${(cause as Error).message.split("\n")[0]}`,
      { cause },
    );
  }
}

/** The same at a size that memory is no question of. */
async function shrunk(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return await sharp(bytes, { failOn: "error", limitInputPixels: 100_000_000 })
    .autoOrient()
    .resize(longestSide, longestSide, { fit: "inside" })
    .png({ compressionLevel: 0 }).toBuffer();
}
