import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { readFloats, readSafetensorsHeader, tensorOf } from "tessera";
import {
  describeOriginal,
  originalPictures,
} from "../../../../plugins/encoders/depth_anything/original_pictures.ts";
import type { Size } from "../../../../plugins/encoders/pictures/preprocess.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, goldenImages } from "../_golden.ts";

const path = join(goldenFolder(""), "original_processor.safetensors");

async function made(
  images: Parameters<typeof originalPictures>[0],
  size: Size,
  trim = false,
): Promise<Float32Array> {
  const length = images.length * 3 * size.width * size.height;
  const pixels = new Float32Array(length);
  await originalPictures(images, { size, trim }, pixels);
  return pixels;
}

Deno.test("originalPictures() agrees with Depth Anything's own code", async () => {
  const golden = await readSafetensorsHeader(path);
  const images = await goldenImages(golden);
  // Larger than the picture, smaller, and wider but lower.
  equal(images.length, 3);
  for (const [i, image] of images.entries()) {
    const [, height, width] = tensorOf(golden, `pixels.${i}`).shape;
    const actual = await made([image], { width: width!, height: height! });
    const expected = await readFloats(golden, `pixels.${i}`);
    equal(actual.length, expected.length);
    for (const [at, value] of expected.entries()) {
      const off = Math.abs(actual[at]! - value);
      ok(off <= 1e-5, `picture ${i}, number ${at}: off by ${off}`);
    }
  }
});

Deno.test("originalPictures() prepares each picture on its own, and trims when told to", async () => {
  const images = [picture(30, 20, 1), picture(7, 50, 2)];
  const size = { width: 14, height: 14 };
  const alone = await Promise.all(images.map((image) => made([image], size)));
  deepEqual(
    await made(images, size),
    Float32Array.from(alone.flatMap((pixels) => [...pixels])),
  );
  const [wide] = images, { data } = wide!;
  const middle = new Uint8Array(20 * 20 * 3);
  for (let y = 0; y < 20; y++) {
    const row = data.subarray((y * 30 + 5) * 3, (y * 30 + 25) * 3);
    middle.set(row, y * 60);
  }
  deepEqual(
    await made([wide!], size, true),
    await made([{ data: middle, width: 20, height: 20 }], size),
  );
});

Deno.test("originalPictures() takes pictures of one pixel, and long ones", async () => {
  const size = { width: 28, height: 14 };
  for (const image of [picture(1, 1), picture(20_000, 3)]) {
    ok((await made([image], size)).every(Number.isFinite));
  }
});

Deno.test("describeOriginal() says what is done", () => {
  const size = { width: 28, height: 14 };
  const rest =
    "resize 28x14 cubic of floats, mean 0.485 0.456 0.406, std 0.229 0.224 0.225";
  equal(describeOriginal({ size, trim: false }), `original, ${rest}`);
  equal(
    describeOriginal({ size, trim: true }),
    `original, trim to shape, ${rest}`,
  );
});
