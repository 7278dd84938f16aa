import {
  deepEqual,
  deepStrictEqual,
  equal,
  ok,
  throws,
} from "node:assert/strict";
import {
  type DenseMap,
  readFloats,
  readSafetensorsHeader,
  tensorOf,
} from "tessera";
import { type MapFilter, resizeMap } from "../../core/resize_map.ts";

const golden = new URL(
  "../../fixtures/golden/resize_map.safetensors",
  import.meta.url,
);
const filters = ["bicubic", "bilinear-corners"] as const;

Deno.test("resizeMap() gives what torch gives", async () => {
  const header = await readSafetensorsHeader(golden.pathname);
  let compared = 0;
  for (const name of header.tensors.keys()) {
    const [source, filter, size] = name.split(" ");
    if (size === undefined) continue;
    const [width, height] = size.split("x").map(Number);
    const [rows, columns] = tensorOf(header, `${source} source`).shape;
    const map = {
      data: await readFloats(header, `${source} source`),
      width: columns!,
      height: rows!,
    };
    const to = { width: width!, height: height! };
    const made = resizeMap(map, to, filter as MapFilter);
    deepEqual([made.width, made.height], [width, height]);
    const expected = await readFloats(header, name);
    equal(made.data.length, expected.length);
    // Values range from −3 to 20, in float32.
    const worst = Math.max(
      ...made.data.map((value, i) => Math.abs(value - expected[i]!)),
    );
    ok(worst <= 2e-5, `${name}: ${worst}`);
    compared++;
  }
  equal(compared, 48);
});

const noise: DenseMap = {
  data: Float32Array.from({ length: 12 }, (_, i) => (i * i) % 7),
  width: 4,
  height: 3,
};

Deno.test("resizeMap() returns a map of the same size unchanged", () => {
  for (const filter of filters) {
    deepEqual(resizeMap(noise, noise, filter), noise);
  }
});

Deno.test("resizeMap() spreads a NaN only to pixels that depend on it", () => {
  const data = noise.data.slice();
  data[5] = NaN;
  const holed = { ...noise, data };
  deepStrictEqual(resizeMap(holed, noise, "bicubic"), holed);
  const large = resizeMap(
    holed,
    { width: 7, height: 5 },
    "bilinear-corners",
  ).data;
  // Old pixels are every second new one; the NaN is at row 2, column 2 of these.
  const unknown = [...large.keys()].filter((i) => Number.isNaN(large[i]));
  deepEqual(unknown, [8, 9, 10, 15, 16, 17, 22, 23, 24]);
});

Deno.test("resizeMap() refuses sizes that are not positive integers", () => {
  for (const width of [0, -1, 2.5, NaN]) {
    throws(
      () => resizeMap(noise, { width, height: 3 }, "bicubic"),
      {
        name: "RangeError",
        message:
          `Cannot resize a map with a size of ${width}×3: width and height must be whole numbers from 1`,
      },
    );
  }
  throws(
    () =>
      resizeMap({ data: new Float32Array(), width: 0, height: 0 }, {
        width: 1,
        height: 1,
      }, "bicubic"),
    RangeError,
  );
});
