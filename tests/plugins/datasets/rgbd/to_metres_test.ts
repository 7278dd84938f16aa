import { deepStrictEqual, throws } from "node:assert/strict";
import { toMetres } from "../../../../plugins/datasets/rgbd/to_metres.ts";

const row = (
  data: Uint16Array | Uint8Array | Float64Array,
  whole: boolean,
) => ({
  data,
  width: data.length,
  height: 1,
  whole,
});

Deno.test("toMetres() scales integers, and 0 and 65535 are unknown", () => {
  const map = row(Uint16Array.of(0, 1, 1500, 65534, 65535), true);
  const { data } = toMetres(map, { scale: 1 / 1000 });
  deepStrictEqual(data, Float32Array.of(NaN, 0.001, 1.5, 65.534, NaN));
});

Deno.test("toMetres() keeps 65535 in floats and drops their invalid values", () => {
  const map = row(
    Float64Array.of(65535, 0, -1, NaN, Infinity, -Infinity, 1e-60, 1e60),
    false,
  );
  const { data } = toMetres(map, { scale: 1 });
  deepStrictEqual(
    data,
    Float32Array.of(65535, NaN, NaN, NaN, NaN, NaN, NaN, NaN),
  );
});

Deno.test("toMetres() drops depth that is beyond maxDepth or masked", () => {
  const map = row(Uint16Array.of(2560, 2561, 512, 256), true);
  const mask = row(Uint8Array.of(1, 1, 0, 1), true);
  const { data } = toMetres(map, { scale: 1 / 256, maxDepth: 10, mask });
  deepStrictEqual(data, Float32Array.of(10, NaN, NaN, 1));
  throws(
    () => toMetres(map, { scale: 1, mask: row(Uint8Array.of(1), true) }),
    /^Error: the depth is 4×1, its mask 1×1: both must have the same size$/,
  );
});
