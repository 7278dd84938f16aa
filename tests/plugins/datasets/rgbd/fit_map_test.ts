import { deepStrictEqual, throws } from "node:assert/strict";
import { fitMap } from "../../../../plugins/datasets/rgbd/fit_map.ts";

Deno.test("fitMap() takes the nearest pixel and invents no depth", () => {
  const map = { data: Float32Array.of(1, NaN, 3, 4), width: 2, height: 2 };
  const { data } = fitMap(map, { width: 4, height: 4 });
  // deno-fmt-ignore
  deepStrictEqual([...data], [1, 1, NaN, NaN, 1, 1, NaN, NaN, 3, 3, 4, 4, 3, 3, 4, 4]);
  deepStrictEqual(
    fitMap({ data, width: 4, height: 4 }, { width: 2, height: 2 }),
    map,
  );
});

Deno.test("fitMap() takes the value under a pixel's centre", () => {
  for (const [side, taken] of [[3, [1, 3]], [6, [2, 5]]] as const) {
    const row = Array.from({ length: side }, (_, i) => i + 1);
    const data = Float32Array.from(row.flatMap(() => row));
    const map = { data, width: side, height: side };
    deepStrictEqual(
      fitMap(map, { width: 2, height: 2 }).data,
      Float32Array.of(...taken, ...taken),
    );
  }
});

Deno.test("fitMap() leaves a map of the same size as it is", () => {
  const map = { data: Float32Array.of(1, NaN), width: 2, height: 1 };
  deepStrictEqual(fitMap(map, { width: 2, height: 1 }), map);
});

Deno.test("fitMap() refuses an aspect ratio that differs by more than 2 %", () => {
  const map = (width: number, height: number) => ({
    data: new Float32Array(width * height).fill(1),
    width,
    height,
  });
  const picture = { width: 100, height: 100 };
  for (const [width, height] of [[102, 100], [100, 102], [1, 1]] as const) {
    deepStrictEqual(fitMap(map(width, height), picture), map(100, 100));
  }
  for (const [width, height] of [[103, 100], [100, 103], [4, 3]] as const) {
    throws(
      () => fitMap(map(width, height), picture),
      new RegExp(
        `^Error: the depth is ${width}×${height}, the picture 100×100`,
      ),
    );
  }
});
