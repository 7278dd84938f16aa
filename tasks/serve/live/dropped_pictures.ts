/**
 * Pictures that readers send: the last few are kept, in memory only, under ids
 * that cannot be guessed.
 *
 * @module
 */
import type { RgbImage } from "../../../core/dataset.ts";
import { decodeImage } from "../../../plugins/datasets/sources/decode_image.ts";
import { decodeLimit, type DecodeLimits } from "./decode_limit.ts";
import { lru } from "../runs/lru.ts";
import { Problem } from "../http/problem.ts";

/** A reader's own picture. */
export interface DroppedPicture {
  /** Its id in addresses. */
  readonly id: string;
  /** Its file's name. */
  readonly name: string;
  /** Its pixels; a large picture is shrunk. */
  readonly image: RgbImage;
}

/** Pictures that readers have dropped. */
export interface DroppedPictures {
  /**
   * Keeps a picture.
   *
   * @throws {Problem} When the bytes are not a picture.
   */
  add(name: string, bytes: Uint8Array): Promise<DroppedPicture>;
  /**
   * The picture with that id.
   *
   * @throws {Problem} When it is not kept any more, or never was.
   */
  get(id: string): DroppedPicture;
  /** All that are kept, the newest first. */
  list(): readonly DroppedPicture[];
}

/** The most bytes that a file may have. */
export const mostBytes: number = 20 * 2 ** 20;

/** Longest side that is kept, in pixels: more than any encoder looks at. */
const longestSide = 2048;

/** What is decoded at once: 100 million pixels take 300 MB and are the most that one may have. */
const usual: DecodeLimits = { pictures: 2, pixels: 100_000_000, waiting: 16 };

/** How many pictures are kept. */
export const keptPictures = 12;

/** Whether part of an address is the id of a dropped picture. */
export function isDropped(text: string): boolean {
  return /^own-[0-9a-f]{16}$/.test(text);
}

/** Keeps the last few pictures. */
export function droppedPictures(
  limits: DecodeLimits = usual,
): DroppedPictures {
  const withRoom = decodeLimit(limits);
  const order: DroppedPicture[] = [];
  const kept = lru<DroppedPicture>(
    keptPictures,
    (old) => void order.splice(order.indexOf(old), 1),
  );
  return {
    async add(name, bytes) {
      const pixels = await pixelsOf(bytes);
      const image = await withRoom(pixels, () => decoded(name, bytes));
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
        `Cannot find this picture: only the last ${keptPictures} that were dropped are kept, until the server stops; drop it again`,
      );
    },
    list: () => [...order],
  };
}

/** Width and height as the file says; 0 where it does not. */
async function sizeOf(
  bytes: Uint8Array,
): Promise<{ width: number; height: number }> {
  const { default: sharp } = await import("sharp");
  try {
    const { width, height } = await sharp(bytes).metadata();
    return { width, height };
  } catch {
    return { width: 0, height: 0 };
  }
}

/** Pixels to decode. */
async function pixelsOf(bytes: Uint8Array): Promise<number> {
  const { width, height } = await sizeOf(bytes);
  return width * height;
}

async function decoded(name: string, bytes: Uint8Array): Promise<RgbImage> {
  try {
    const { width, height } = await sizeOf(bytes);
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

/** The picture as a PNG that is small enough to keep. */
async function shrunk(bytes: Uint8Array): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  return await sharp(bytes, { failOn: "error", limitInputPixels: 100_000_000 })
    .autoOrient()
    .resize(longestSide, longestSide, { fit: "inside" })
    .png({ compressionLevel: 0 }).toBuffer();
}
