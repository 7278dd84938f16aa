import { deepEqual, equal } from "node:assert/strict";
import { join } from "node:path";
import { readFloats, readSafetensorsHeader } from "tessera";
import { targetSize } from "../../../../plugins/encoders/depth_anything/target_size.ts";
import { goldenFolder } from "../_golden.ts";

const options = { near: { width: 518, height: 518 }, multiple: 14 };

Deno.test("targetSize() chooses the sizes that transformers chooses", async () => {
  const path = join(
    goldenFolder("depth_anything_v2"),
    "target_sizes.safetensors",
  );
  const rows = await readFloats(await readSafetensorsHeader(path), "sizes");
  equal(rows.length % 4, 0);
  for (let i = 0; i < rows.length; i += 4) {
    const [height, width, high, wide] = rows.subarray(i, i + 4);
    deepEqual(
      targetSize({ width: width!, height: height! }, options),
      // Where transformers would go on with an empty picture.
      { width: Math.max(14, wide!), height: Math.max(14, high!) },
      `${width}×${height}`,
    );
  }
});

Deno.test("targetSize() chooses the sizes that the original code chooses", async () => {
  const path = join(goldenFolder(""), "original_processor.safetensors");
  const rows = await readFloats(await readSafetensorsHeader(path), "sizes");
  equal(rows.length, 4 * 194);
  for (let i = 0; i < rows.length; i += 4) {
    const [height, width, high, wide] = rows.subarray(i, i + 4);
    deepEqual(
      targetSize(
        { width: width!, height: height! },
        { ...options, covering: true },
      ),
      { width: wide, height: high },
      `${width}×${height}`,
    );
  }
});

Deno.test("targetSize() rounds halves of a patch to the even number", () => {
  const fit = (width: number) =>
    targetSize({ width, height: 518 }, options).width / 14;
  // 38.5 and 39.5 patches, which Math.round would make 39 and 40.
  equal(fit(539), 38);
  equal(fit(553), 40);
});

Deno.test("targetSize() never gives a side of 0", () => {
  deepEqual(targetSize({ width: 20000, height: 30 }, options), {
    width: 518,
    height: 14,
  });
});
