import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { ConfigError, type RgbImage } from "tessera";
import plugin, { patches } from "../../../plugins/encoders/patches/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import { closeTo } from "../../conformance/close_to.ts";

const small = { imageSize: 32, patchSize: 8, width: 30 };
const whole = { imageSize: 8, patchSize: 4, width: 48 };

testEncoder("patches()", () => patches(small));

async function tokensOf(
  image: RgbImage,
  options = small,
): Promise<Float32Array> {
  const { pixels } = await patches(options).encode([image], ["pixels"]);
  return pixels!.data;
}

Deno.test("patches() gives 256 tokens of width 192 by default", async () => {
  const validated = await plugin.options["~standard"].validate({});
  ok(!validated.issues);
  const [hook] = patches(validated.value).hooks;
  deepEqual(hook, {
    name: "pixels",
    width: 192,
    layout: { specials: 0, grid: [16, 16] },
  });
});

Deno.test("patches() computes the transform of its formula", async () => {
  const image = picture(8, 8);
  const tokens = await tokensOf(image, whole);
  // Patch (1, 0), straight from the definition.
  const gain = [12, 48, 96];
  const mix = [[1, 1, 1], [1, 0, -1], [1, -2, 1]];
  const expected: { radius: number; value: number }[] = [];
  for (let u = 0; u < 4; u++) {
    for (let v = 0; v < 4; v++) {
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let y = 0; y < 4; y++) {
          for (let x = 0; x < 4; x++) {
            const at = ((4 + y) * 8 + x) * 3;
            const colour = mix[c]!.reduce(
              (total, part, k) =>
                total + part * (image.data[at + k]! / 255 - 0.5),
              0,
            ) / Math.hypot(...mix[c]!);
            sum += colour * Math.cos(Math.PI * (2 * y + 1) * u / 8) *
              Math.cos(Math.PI * (2 * x + 1) * v / 8);
          }
        }
        const norm = (u === 0 ? 0.5 : Math.SQRT1_2) *
          (v === 0 ? 0.5 : Math.SQRT1_2);
        const scale = gain[c]! * Math.max(Math.hypot(u, v), 0.2) / 4;
        expected.push({ radius: Math.hypot(u, v), value: scale * norm * sum });
      }
    }
  }
  const actual = tokens.slice(2 * 48, 3 * 48);
  const ordered = expected.sort((a, b) => a.radius - b.radius);
  closeTo(actual, ordered.map(({ value }) => value), 1e-5);
});

Deno.test("patches() gives a grey patch one coefficient", async () => {
  const grey = { data: new Uint8Array(192).fill(204), width: 8, height: 8 };
  const tokens = await tokensOf(grey, whole);
  const [mean, ...others] = tokens.subarray(0, 48);
  // 12 · 0.2 · √3 · 0.3 · 4 / 4
  closeTo([mean!], [0.72 * Math.sqrt(3)], 1e-6);
  ok(others.every((value) => Math.abs(value) < 1e-5));
});

Deno.test("patches() changes only the token whose patch changes", async () => {
  const image = picture(32, 32);
  const before = await tokensOf(image);
  image.data[(9 * 32 + 17) * 3] = 255 - image.data[(9 * 32 + 17) * 3]!;
  const after = await tokensOf(image);
  const changed = new Set<number>();
  after.forEach((value, i) => {
    if (value !== before[i]) changed.add(Math.floor(i / small.width));
  });
  deepEqual([...changed], [1 * 4 + 2]);
});

Deno.test("patches() keeps the lowest frequencies, however many", async () => {
  const image = picture(32, 32);
  const few = await tokensOf(image, { ...small, width: 5 });
  const many = await tokensOf(image);
  deepEqual(few.subarray(0, 5), many.subarray(0, 5));
  equal(few.length, 16 * 5);
});

Deno.test("patches() rejects sizes that do not fit", () => {
  throws(() => patches({ ...small, patchSize: 5 }), (error) => {
    ok(error instanceof ConfigError);
    equal(error.path, "encoder.patchSize");
    equal(
      error.message,
      "Cannot cut pictures of 32 pixels into patches of 5: give sizes that divide evenly",
    );
    return true;
  });
  throws(() => patches({ ...small, width: 193 }), {
    message: "Cannot keep 193 coefficients of a patch: 8×8 pixels have 192",
  });
});
