/** Tests of the scale of activations. @module */
import { ok, throws } from "node:assert/strict";
import { randomFrom } from "tessera";
import { activationScale } from "../../../core/train/activation_scale.ts";

Deno.test("activationScale() makes the total variance 1, whatever the mean", () => {
  const random = randomFrom(4), tokens = 300, width = 7;
  const data = Float32Array.from(
    { length: tokens * width },
    (_, i) => 500 + (1 + i % width) * random.normal(),
  );
  const scale = activationScale({ data, shape: [tokens, width] });
  let variance = 0;
  for (let d = 0; d < width; d++) {
    const column = data.filter((_, i) => i % width === d)
      .map((value) => value * scale);
    const mean = column.reduce((sum, x) => sum + x, 0) / tokens;
    variance += column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / tokens;
  }
  ok(Math.abs(variance - 1) < 1e-3, `${variance}`);
});

Deno.test("activationScale() refuses tokens that are all equal, also when their sum is rounded", () => {
  for (const value of [0, 1, 0.1, 1e-3]) {
    const data = new Float32Array(3 * 7).fill(value);
    throws(() => activationScale({ data, shape: [7, 3] }), {
      name: "RangeError",
      message:
        "Cannot train on activations that do not vary: all 7 tokens of the sample are equal; is the dataset one picture?",
    });
  }
});
