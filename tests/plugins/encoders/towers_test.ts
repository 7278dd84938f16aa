/** Tests of DINOv3 and of the vision towers of CLIP and SigLIP against the original code. @module */
import { deepEqual, match, ok, rejects } from "node:assert/strict";
import { type Encoder, FormatError, readFloats } from "tessera";
import { testEncoder } from "tessera/testing";
import { auto } from "../../../plugins/encoders/auto.ts";
import { clip } from "../../../plugins/encoders/clip/mod.ts";
import { dinov3 } from "../../../plugins/encoders/dinov3/mod.ts";
import { siglip } from "../../../plugins/encoders/siglip/mod.ts";
import { isOfPairs } from "../../../plugins/encoders/transformer/block_hooks.ts";
import type { TowerEncoderOptions } from "../../../plugins/encoders/transformer/tower_options.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  worst,
} from "./_golden.ts";
import { goldenOf, using, withModel } from "./dinov2/_models.ts";

type Open = (
  options: TowerEncoderOptions,
  context: typeof here,
) => Promise<Encoder>;

/** Golden models by name: who opens them, and the tokens before their patches. */
const models: Readonly<
  Record<string, readonly [open: Open, specials: number]>
> = {
  dinov3: [dinov3, 3],
  dinov3_gated: [dinov3, 3],
  clip: [clip, 1],
  clip_tower: [clip, 1],
  siglip: [siglip, 0],
};

const learned = { height: 32, width: 32 }, other = { height: 24, width: 40 };

for (const [name, [open, specials]] of Object.entries(models)) {
  const model = goldenFolder(name);
  testEncoder(`${name}'s encoder`, () => open({ model }, here));

  for (const size of [learned, other]) {
    Deno.test(`${name} agrees with transformers at every hook at ${size.height}×${size.width}`, async () => {
      const golden = await goldenOf(name, size);
      await using(open({ model, size }, here), async (encoder) => {
        const images = await goldenImages(golden);
        const hooks = await checkGolden(encoder, golden, images, 1e-4);
        deepEqual(Object.keys(hooks), encoder.hooks.map(({ name }) => name));
        deepEqual(encoder.hooks[0]!.layout, {
          specials,
          grid: [size.height / 8, size.width / 8],
        });
      });
    });
  }

  Deno.test(`${name} is opened by auto()`, async () => {
    await using(auto({ model }, here), async (encoder) => {
      const golden = await goldenOf(name, learned);
      const images = await goldenImages(golden);
      const { final_norm } = await encoder.encode(images, ["final_norm"]);
      const expected = await readFloats(golden, "final_norm");
      ok(worst(final_norm!.data, expected) <= 1e-4);
    });
  });

  Deno.test(`${name} goes on from every hook to what the whole model gives, bit by bit`, async () => {
    await using(open({ model }, here), async (encoder) => {
      const images = await goldenImages(await goldenOf(name, learned));
      for (const { name: hook } of encoder.hooks.slice(0, -1)) {
        // One operation computes attention unless its inside is read.
        const read = isOfPairs({ name: hook }) ? [hook] : [];
        const { final_norm } = await encoder.encode(images, [
          ...read,
          "final_norm",
        ]);
        const paused = await encoder.pause!(images, [hook]);
        deepEqual(await paused.resume(), { final_norm }, hook);
        const { data, shape } = paused.activations[hook]!;
        const edited = { data: data.map((x) => x * x + 0.5), shape };
        const after = await paused.resume({ [hook]: edited });
        const change = worst(after.final_norm!.data, final_norm!.data);
        ok(change > 1e-3, `${hook} changes final_norm by ${change}`);
      }
    });
  });
}

Deno.test("siglip() refuses a NaFlex checkpoint and says what would work", async () => {
  await withModel(
    "siglip",
    { config: { model_type: "siglip2" } },
    (model) =>
      rejects(siglip({ model }, here), (error) => {
        ok(error instanceof FormatError);
        match(
          error.message,
          /found model_type "siglip2".*NaFlex.*siglip2-base-patch16-224/s,
        );
        return true;
      }),
  );
});

Deno.test("dinov3() says that a ConvNeXt has no tokens", async () => {
  const config = { model_type: "dinov3_convnext" };
  await withModel(
    "dinov3",
    { config },
    (model) =>
      rejects(dinov3({ model }, here), /found "dinov3_convnext".*no tokens/),
  );
});

Deno.test("towers name the tensor that is missing", async () => {
  for (
    const [name, without] of [
      ["dinov3", "embeddings.register_tokens"],
      ["clip", "vision_model.pre_layrnorm.weight"],
      ["siglip", "vision_model.encoder.layers.1.self_attn.out_proj.bias"],
    ] as const
  ) {
    await withModel(
      name,
      { without },
      (model) =>
        rejects(
          models[name]![0]({ model }, here),
          new RegExp(RegExp.escape(without)),
        ),
    );
  }
});
