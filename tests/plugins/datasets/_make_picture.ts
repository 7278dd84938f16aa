/**
 * Small pictures of known colours.
 *
 * @module
 */
import sharp from "sharp";

/** A picture of one colour. */
export async function picture(
  format: "jpeg" | "png" | "webp",
  [r, g, b]: readonly [number, number, number] = [200, 100, 50],
  [width, height]: readonly [number, number] = [24, 16],
): Promise<Uint8Array> {
  const image = sharp({
    create: { width, height, channels: 3, background: { r, g, b } },
  });
  return new Uint8Array(await image.toFormat(format).toBuffer());
}

/** A picture of noise, whose file is long. */
export async function noise(
  format: "jpeg" | "png" | "webp",
): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 200 * 100 * 3 }, (_, i) => i * i >> 4);
  const image = sharp(data, { raw: { width: 200, height: 100, channels: 3 } });
  return new Uint8Array(await image.toFormat(format).toBuffer());
}
