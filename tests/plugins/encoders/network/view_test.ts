/** Tests of the part of a picture that an encoder says it sees. @module */
import { deepEqual, ok } from "node:assert/strict";
import type { RgbImage, View } from "tessera";
import { depthAnything } from "../../../../plugins/encoders/depth_anything/mod.ts";
import { dinov2 } from "../../../../plugins/encoders/dinov2/mod.ts";
import { originalPictures } from "../../../../plugins/encoders/depth_anything/original_pictures.ts";
import { theia } from "../../../../plugins/encoders/theia/mod.ts";
import { vit } from "../../../../plugins/encoders/vit/mod.ts";
import {
  fit,
  halfStatistics,
  imagenetStatistics,
  type Preprocessing,
  type Size,
  viewOf,
} from "../../../../plugins/encoders/pictures/preprocess.ts";
import { goldenFolder, here } from "../_golden.ts";
import { using, withModel } from "../dinov2/_models.ts";

/** A picture whose red is the column and whose green is the row. */
function places(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    data[3 * i] = i % width;
    data[3 * i + 1] = Math.floor(i / width);
  }
  return { data, width, height };
}

/** Where the centres of the first and last pixels of a picture of `size` lie in `view`. */
function corners(view: View, size: Size): number[] {
  const x = (at: number) => view.left + (at / size.width) * view.width - 0.5;
  const y = (at: number) => view.top + (at / size.height) * view.height - 0.5;
  return [x(0.5), y(0.5), x(size.width - 0.5), y(size.height - 0.5)];
}

/** The places that the first and last pixels come from. */
function seen(first: ArrayLike<number>, last: ArrayLike<number>): number[] {
  return [first[0]!, first[1]!, last[0]!, last[1]!];
}

const square = { width: 48, height: 48 };
const ways: readonly [
  string,
  Pick<Preprocessing, "resize" | "trim" | "crop">,
][] = [
  ["stretched", { resize: square }],
  ["cut out of the middle", { resize: { shortestEdge: 60 }, crop: square }],
  ["stretched, then cut", {
    resize: { width: 90, height: 60 },
    crop: { width: 40, height: 30 },
  }],
  ["trimmed to a square", { resize: square, trim: true }],
  ["trimmed to a band", { resize: { width: 90, height: 15 }, trim: true }],
  ["enlarged and cut", { resize: { shortestEdge: 200 }, crop: square }],
];
const pictures = [places(150, 90), places(83, 160), places(64, 64)];

for (const [name, way] of ways) {
  Deno.test(`viewOf() is the part that fit() keeps: ${name}`, () => {
    for (const image of pictures) {
      const made = fit(image, {
        ...way,
        filter: "bilinear",
        scale: 1,
        ...halfStatistics,
      });
      const { data } = made;
      const found = seen(data.subarray(0, 3), data.subarray(-3));
      const said = corners(viewOf(image, way), made);
      // Half a level of rounding, and what the filter does at the edge.
      const off = found.map((place, i) => Math.abs(place - said[i]!));
      ok(Math.max(...off) <= 1.1, `${found} for ${said}`);
    }
  });
}

Deno.test("viewOf() is the whole picture if it is stretched or has the right shape", () => {
  const all = { left: 0, top: 0, width: 64, height: 64 };
  deepEqual(viewOf(all, { resize: square, trim: true }), all);
  deepEqual(viewOf(all, { resize: { width: 9, height: 90 } }), all);
});

Deno.test("an encoder's view follows its options and its files", async () => {
  const picture = { width: 60, height: 30 };
  const all = { left: 0, top: 0, ...picture };
  const middle = { left: 15, top: 0, width: 30, height: 30 };
  const model = goldenFolder("dinov2"),
    depth = goldenFolder("depth_anything_v2");
  const preprocessor = {
    size: { shortest_edge: 30 },
    do_center_crop: true,
    crop_size: 20,
  };
  const viewed = async (making: Parameters<typeof using>[0], wanted: View) =>
    await using(making, (encoder) => {
      deepEqual(encoder.view!(picture), wanted);
      return Promise.resolve();
    });
  await viewed(vit({ model: goldenFolder("vit") }, here), all);
  const trained = { statistics: "half", resample: "bilinear" } as const;
  await viewed(theia({ model: goldenFolder("theia"), ...trained }, here), all);
  await viewed(dinov2({ model, pos: "hf" }, here), all);
  await viewed(dinov2({ model, pos: "hf", fit: "crop" }, here), middle);
  await viewed(depthAnything({ model: depth }, here), all);
  await viewed(depthAnything({ model: depth, fit: "crop" }, here), middle);
  await withModel("dinov2", { preprocessor }, async (folder) => {
    await viewed(dinov2({ model: folder, pos: "hf" }, here), {
      left: 20,
      top: 5,
      width: 20,
      height: 20,
    });
  });
});

Deno.test("the view of Depth Anything's original pictures is what they show, also when fitted", async () => {
  const image = places(150, 90);
  const options = {
    model: goldenFolder("depth_anything_v2"),
    processor: "original",
    fit: "crop",
  } as const;
  await using(depthAnything(options, here), async (encoder) => {
    const fitted = await encoder.fitted!(image);
    for (const one of [encoder, fitted]) {
      const { width, height } = one.provenance as unknown as Size;
      const size = { width, height }, area = width * height;
      const pixels = new Float32Array(3 * area);
      await originalPictures([image], { size, trim: true }, pixels);
      const { mean, std } = imagenetStatistics;
      const at = (i: number) =>
        [0, 1].map((c) => 255 * (pixels[c * area + i]! * std[c]! + mean[c]!));
      const found = seen(at(0), at(area - 1));
      const said = corners(one.view!(image), size);
      const off = found.map((place, i) => Math.abs(place - said[i]!));
      ok(Math.max(...off) <= 1.1, `${found} for ${said}`);
    }
    await fitted.close();
  });
});
