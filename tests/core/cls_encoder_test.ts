/** Tests of clsEncoder(), on a network whose CLS token is known. @module */
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { ConfigError, type Encoder, type RgbImage } from "tessera";
import { clsEncoder } from "../../core/cls_encoder.ts";
import { vit } from "../../plugins/encoders/vit/mod.ts";
import { siglip } from "../../plugins/encoders/siglip/mod.ts";
import { testEncoder } from "../conformance/encoder.ts";
import {
  goldenFolder,
  goldenImages,
  here,
  readGolden,
} from "../plugins/encoders/_golden.ts";

const model = goldenFolder("vit");

async function withVit(
  body: (whole: Encoder, images: readonly RgbImage[]) => Promise<void>,
): Promise<void> {
  const encoder = await vit({ model }, here);
  const images = await goldenImages(await readGolden(model));
  await body(encoder, images).finally(() => encoder.close());
}

testEncoder("clsEncoder()", async () => clsEncoder(await vit({ model }, here)));

Deno.test("clsEncoder() gives the first token of each picture, on a grid of 1 × 1", () =>
  withVit(async (whole, images) => {
    const cls = clsEncoder(whole),
      names = ["blocks.1.resid_post", "final_norm"];
    const all = await whole.encode(images, names);
    const own = await cls.encode(images, names);
    for (const name of names) {
      const { data, shape: [count, tokens, width] } = all[name]!;
      deepEqual(own[name]!.shape, [count, 1, width]);
      for (let i = 0; i < count!; i++) {
        const from = i * tokens! * width!;
        deepEqual(
          own[name]!.data.subarray(i * width!, (i + 1) * width!),
          data.subarray(from, from + width!),
        );
      }
    }
    deepEqual(cls.hooks[0]!.layout, { specials: 0, grid: [1, 1] });
    equal(cls.defaultHook, whole.defaultHook);
    deepEqual(cls.provenance, whole.provenance);
  }));

Deno.test("clsEncoder() edits CLS alone when it goes on from a pause", () =>
  withVit(async (whole, images) => {
    const cls = clsEncoder(whole), at = "blocks.0.resid_post";
    const paused = await cls.pause!(images, [at]);
    const clean = await cls.encode(images, ["final_norm"]);
    deepEqual(await paused.resume(undefined, ["final_norm"]), clean);
    const { data, shape } = paused.activations[at]!;
    const edited = { data: data.map((x) => x * x + 1), shape };
    const after = await paused.resume({ [at]: edited }, ["final_norm"]);
    // The same edit of all tokens by hand.
    const by = await whole.pause!(images, [at]);
    const full = by.activations[at]!, width = full.shape[2]!;
    for (let i = 0; i < images.length; i++) {
      full.data.set(
        edited.data.subarray(i * width, (i + 1) * width),
        i * full.shape[1]! * width,
      );
    }
    const expected = await by.resume({ [at]: full }, ["final_norm"]);
    for (let i = 0; i < images.length; i++) {
      deepEqual(
        after.final_norm!.data.subarray(i * width, (i + 1) * width),
        expected.final_norm!.data.subarray(
          i * full.shape[1]! * width,
          i * full.shape[1]! * width + width,
        ),
      );
    }
    await rejects(
      paused.resume({ [at]: { data: new Float32Array(3), shape: [3] } }),
      ConfigError,
    );
  }));

Deno.test("clsEncoder() names the setting where there is no CLS token", async () => {
  const encoder = await siglip({ model: goldenFolder("siglip") }, here);
  throws(() => clsEncoder(encoder), (error) => {
    equal((error as ConfigError).path, "tokens");
    match(
      (error as Error).message,
      /^Cannot train on CLS tokens: no hook of the encoder has one.*write "patches" for tokens$/,
    );
    return true;
  });
  await encoder.close();
});
