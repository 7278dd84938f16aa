import { deepEqual } from "node:assert/strict";
import { pictureRegion } from "../../../../tasks/serve/runs/picture_region.ts";

const cases: [
  name: string,
  width: number,
  height: number,
  words: unknown,
  region: number[],
][] = [
  ["nothing said", 500, 375, undefined, [0, 0, 500, 375]],
  ["stretched", 500, 375, "resize 224x224 bicubic, mean 0 0 0", [
    0,
    0,
    500,
    375,
  ]],
  [
    "cut from the middle",
    500,
    375,
    "resize shortest edge 256 bicubic, crop 224x224",
    [86, 23, 328, 328],
  ],
  ["cut upright", 256, 512, "resize shortest edge 256 bicubic, crop 224x224", [
    16,
    144,
    224,
    224,
  ]],
  ["stretched, then cut", 400, 200, "resize 256x256 bilinear, crop 128x128", [
    100,
    50,
    200,
    100,
  ]],
  ["trimmed to shape", 300, 100, "trim to shape, resize 224x224 bicubic", [
    100,
    0,
    100,
    100,
  ]],
  [
    "cut larger than it is",
    100,
    100,
    "resize shortest edge 224 bicubic, crop 300x300",
    [0, 0, 100, 100],
  ],
];

for (const [name, width, height, words, [left, top, w, h]] of cases) {
  Deno.test(`pictureRegion() is what the encoder sees: ${name}`, () => {
    deepEqual(pictureRegion({ width, height }, words), {
      left,
      top,
      width: w,
      height: h,
    });
  });
}
