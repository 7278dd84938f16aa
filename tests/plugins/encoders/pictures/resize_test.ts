import { deepEqual, equal, ok } from "node:assert/strict";
import { readSafetensorsHeader, readTensorBytes, tensorOf } from "tessera";
import {
  type Filter,
  resize,
} from "../../../../plugins/encoders/pictures/resize.ts";
import { picture } from "../../../conformance/encoder.ts";

const golden = new URL(
  "../../../../fixtures/golden/resize.safetensors",
  import.meta.url,
);

Deno.test("resize() agrees with Pillow, byte for byte", async () => {
  const header = await readSafetensorsHeader(golden.pathname);
  let compared = 0;
  for (const key of header.tensors.keys()) {
    const [source, filter, size] = key.split(" ");
    if (size === undefined) continue;
    const [width, height] = size.split("x").map(Number);
    const from = `${source} source`;
    const [rows, columns] = tensorOf(header, from).shape;
    const image = {
      data: await readTensorBytes(header, from),
      width: columns!,
      height: rows!,
    };
    const made = resize(image, width!, height!, filter as Filter);
    deepEqual(made.data, await readTensorBytes(header, key), key);
    compared++;
  }
  equal(compared, 28);
});

Deno.test("resize() gives the picture itself at its own size", () => {
  const image = picture(31, 17);
  ok(resize(image, 31, 17, "bicubic") === image);
});

Deno.test("resize() leaves a single colour unchanged", () => {
  const image = {
    data: new Uint8Array(3 * 200 * 3).fill(201),
    width: 200,
    height: 3,
  };
  for (const filter of ["bilinear", "bicubic"] as const) {
    const { data } = resize(image, 7, 100, filter);
    ok(data.every((value) => value === 201), filter);
  }
});
