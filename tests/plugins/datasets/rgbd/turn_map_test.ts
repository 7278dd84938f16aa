/** Tests that depth turns with its picture, whatever the picture's EXIF orientation. @module */
import { deepEqual, equal } from "node:assert/strict";
import sharp from "sharp";
import { rgbd } from "../../../../plugins/datasets/rgbd/mod.ts";
import { turnMap } from "../../../../plugins/datasets/rgbd/turn_map.ts";
import { temporaryFolder } from "../_temporary_folder.ts";
import { greyPng } from "./_make_depth.ts";

const block = 8;

/** A picture of blocks of one grey each, and its depth: the brighter, the farther. */
async function made(cols: number, rows: number, orientation: number) {
  const width = cols * block, height = rows * block;
  const blockAt = (i: number) => {
    const x = i % width, y = Math.floor(i / width);
    return Math.floor(y / block) * cols + Math.floor(x / block);
  };
  const grey = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => 20 * (1 + blockAt(Math.floor(i / 3))),
  );
  const depth = Uint16Array.from(
    { length: width * height },
    (_, i) => 1000 * (1 + blockAt(i)),
  );
  const picture = sharp(grey, { raw: { width, height, channels: 3 } });
  return {
    picture: new Uint8Array(
      await picture.jpeg({ quality: 100 }).withMetadata({ orientation })
        .toBuffer(),
    ),
    depth,
    size: [width, height] as const,
  };
}

/** The grey of each block's middle over 20, and the depth there. */
async function seen(files: Record<string, Uint8Array>) {
  await using folder = await temporaryFolder(files);
  const dataset = await rgbd({
    path: ".",
    layout: "custom",
    imagePattern: "*.jpg",
    depthPattern: "*.png",
    scale: 0.001,
  }, folder);
  const { image, maps } = await dataset.get(0);
  await dataset.close?.();
  const depth = maps!.depth!;
  deepEqual([depth.width, depth.height], [image.width, image.height]);
  const found: [grey: number, depth: number][] = [];
  for (let y = block / 2; y < image.height; y += block) {
    for (let x = block / 2; x < image.width; x += block) {
      const at = y * image.width + x;
      found.push([
        Math.round(image.data[3 * at]! / 20),
        Math.round(depth.data[at]!),
      ]);
    }
  }
  return { found, size: [image.width, image.height] };
}

for (let orientation = 1; orientation <= 8; orientation++) {
  Deno.test(`depth lies over its picture with EXIF orientation ${orientation}, square or not`, async () => {
    for (const [cols, rows] of [[3, 2], [2, 2], [1, 4]] as const) {
      const { picture, depth, size } = await made(cols, rows, orientation);
      const { found, size: upright } = await seen({
        "a.jpg": picture,
        "a.png": await greyPng(depth, size),
      });
      for (const [grey, metres] of found) equal(metres, grey);
      deepEqual(
        upright,
        orientation < 5 ? [...size] : size.toReversed(),
      );
      // Every block is there once.
      deepEqual(
        found.map(([grey]) => grey).sort((a, b) => a - b),
        Array.from({ length: cols * rows }, (_, i) => i + 1),
      );
    }
  });
}

Deno.test("depth that has the upright picture's shape already is not turned again", async () => {
  const { picture, depth, size: [width, height] } = await made(3, 2, 6);
  const upright = turnMap(
    { data: Float32Array.from(depth), width, height },
    6,
  );
  const { found } = await seen({
    "a.jpg": picture,
    "a.png": await greyPng(Uint16Array.from(upright.data), [
      upright.width,
      upright.height,
    ]),
  });
  for (const [grey, metres] of found) equal(metres, grey);
});
