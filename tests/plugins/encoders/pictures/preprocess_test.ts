import { deepEqual, equal } from "node:assert/strict";
import { readFloats } from "tessera";
import {
  fit,
  halfStatistics,
  imagenetStatistics,
  preprocess,
  type Preprocessing,
} from "../../../../plugins/encoders/pictures/preprocess.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenFolder, goldenImages, readGolden } from "../_golden.ts";

const size = { width: 32, height: 32 };
const made: Readonly<Record<string, Preprocessing>> = {
  vit: {
    resize: size,
    filter: "bicubic",
    scale: 1 / 255,
    ...imagenetStatistics,
  },
  deit_distilled: {
    resize: size,
    filter: "bilinear",
    scale: 1 / 255,
    ...halfStatistics,
  },
  theia: {
    resize: size,
    filter: "bilinear",
    scale: 1 / 255,
    ...halfStatistics,
  },
};

for (const [name, preprocessing] of Object.entries(made)) {
  Deno.test(`preprocess() agrees with the original processor of ${name}`, async () => {
    const golden = await readGolden(goldenFolder(name));
    const images = await goldenImages(golden);
    const pixels = new Float32Array(images.length * 3 * 32 * 32);
    await preprocess(images, preprocessing, size, pixels);
    deepEqual(pixels, await readFloats(golden, "pixel_values"));
  });
}

Deno.test("fit() keeps the shape, then cuts out the middle", () => {
  const tall = picture(20, 61), wide = picture(61, 20);
  const settings = (crop: number): Preprocessing => ({
    ...made.vit!,
    resize: { shortestEdge: 10 },
    crop: { width: crop, height: crop },
  });
  for (const image of [tall, wide]) {
    const cut = fit(image, settings(10));
    equal(cut.width, 10);
    equal(cut.height, 10);
  }
  // 61 · 10 / 20 is 30 whole pixels; (30 − 10) / 2 of them are above the crop.
  const { crop: _, ...uncut } = settings(10);
  const all = fit(tall, uncut);
  deepEqual([all.width, all.height], [10, 30]);
  deepEqual(fit(tall, settings(10)).data, all.data.slice(300, 600));
  const middle = fit(tall, settings(4)).data;
  deepEqual(
    middle.slice(0, 12),
    all.data.slice((13 * 10 + 3) * 3, (13 * 10 + 7) * 3),
  );
});
