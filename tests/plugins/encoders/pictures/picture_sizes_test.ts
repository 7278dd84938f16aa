import { deepEqual, equal } from "node:assert/strict";
import { readFloats, type RgbImage } from "tessera";
import {
  describePreprocessing,
  fit,
  imagenetStatistics,
  preprocess,
  type Preprocessing,
  type Size,
} from "../../../../plugins/encoders/pictures/preprocess.ts";
import { picture } from "../../../conformance/encoder.ts";
import { goldenImages } from "../_golden.ts";
import { goldenOf, goldenSizes } from "../dinov2/_models.ts";

const to = (resize: Size, trim = false): Preprocessing => ({
  resize,
  trim,
  filter: "bicubic",
  scale: 1 / 255,
  ...imagenetStatistics,
});

for (const size of goldenSizes) {
  Deno.test(`preprocess() agrees with Depth Anything's processor at ${size.height}×${size.width}`, async () => {
    const golden = await goldenOf("depth_anything_v2", size);
    const images = await goldenImages(golden);
    const length = images.length * 3 * size.width * size.height;
    const pixels = new Float32Array(length);
    await preprocess(images, to(size), size, pixels);
    deepEqual(pixels, await readFloats(golden, "pixel_values"));
  });
}

/** Cuts `size` pixels out of a picture, from `left` and `top` on. */
function part(image: RgbImage, left: number, top: number, size: Size) {
  const data = new Uint8Array(size.width * size.height * 3);
  for (let y = 0; y < size.height; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(
      image.data.subarray(from, from + size.width * 3),
      y * size.width * 3,
    );
  }
  return { data, ...size };
}

Deno.test("fit() trims to the shape of the result before it resizes", () => {
  const image = picture(61, 20);
  const small = { width: 10, height: 10 };
  const middle = part(image, 20, 0, { width: 20, height: 20 });
  deepEqual(fit(image, to(small, true)), fit(middle, to(small)));
  const wide = { width: 80, height: 4 };
  const band = part(image, 0, 8, { width: 61, height: 3 });
  deepEqual(fit(image, to(wide, true)), fit(band, to(wide)));
});

Deno.test("fit() trims pictures of one pixel, and long ones without much memory", () => {
  const small = { width: 12, height: 4 };
  for (const image of [picture(1, 1), picture(1, 90), picture(20_000, 3)]) {
    const { data, ...size } = fit(image, to(small, true));
    deepEqual(size, small);
    equal(data.length, 144);
  }
});

Deno.test("describePreprocessing() distinguishes trimming from stretching", () => {
  const small = { width: 12, height: 4 };
  equal(
    describePreprocessing(to(small, true)),
    `trim to shape, ${describePreprocessing(to(small))}`,
  );
});
