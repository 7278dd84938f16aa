import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { ConfigError, FormatError, readFloats } from "tessera";
import plugin, {
  dinov2,
  type Dinov2Options,
} from "../../../plugins/encoders/dinov2/mod.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  worst,
} from "./_golden.ts";
import { goldenOf, goldenSizes, using, withModel } from "./dinov2/_models.ts";

const model = goldenFolder("dinov2");
const options: Dinov2Options = { model, pos: "hf" };
const learned = { height: 20, width: 20 };

testEncoder("dinov2()", () => dinov2(options, here));
testEncoder(
  "dinov2() with a gated MLP",
  () =>
    dinov2({
      ...options,
      model: goldenFolder("dinov2_swiglu"),
      size: { height: 8, width: 24 },
      fit: "crop",
    }, here),
);

for (
  const [name, sizes] of [
    ["dinov2", goldenSizes],
    ["dinov2_swiglu", [...goldenSizes, learned]],
  ] as const
) {
  for (const size of sizes) {
    const at = `${name} at ${size.height}×${size.width}`;
    const made = { ...options, model: goldenFolder(name), size };

    Deno.test(`dinov2() agrees with transformers at every hook of ${at}`, async () => {
      const golden = await goldenOf(name, size);
      await using(dinov2(made, here), async (encoder) => {
        const images = await goldenImages(golden);
        const hooks = await checkGolden(encoder, golden, images, 1e-4);
        const inside = await goldenOf(name, size, "attention");
        const pairs = await checkGolden(encoder, inside, images, 1e-4);
        const checked = Object.keys({ ...hooks, ...pairs });
        equal(checked.length, encoder.hooks.length);
      });
    });

    Deno.test(`dinov2() resizes position embeddings as the original code does for ${at}`, async () => {
      const golden = await goldenOf(name, size);
      const images = await goldenImages(golden);
      const offset = { ...made, pos: "offset0.1" } as const;
      await using(dinov2(offset, here), async (encoder) => {
        const seen = await encoder.encode(images, ["embed", "final_norm"]);
        for (const [hook, { data }] of Object.entries(seen)) {
          const expected = await readFloats(golden, `offset0.1 ${hook}`);
          ok(worst(data, expected) <= 1e-4, hook);
          // The variants differ, except at the size that they were learned for.
          const other = worst(data, await readFloats(golden, hook));
          ok(size === learned ? other <= 1e-4 : other > 0.01, hook);
        }
      });
    });
  }
}

Deno.test("dinov2() names its hooks in network order", async () => {
  const { hooks, defaultHook } = await dinov2(
    { ...options, size: goldenSizes[0] },
    here,
  );
  equal(defaultHook, "blocks.1.resid_post");
  deepEqual(hooks.map(({ name }) => name).slice(0, 15), [
    "embed",
    "blocks.0.ln1",
    "blocks.0.q",
    "blocks.0.k",
    "blocks.0.v",
    "blocks.0.scores",
    "blocks.0.probs",
    "blocks.0.z",
    "blocks.0.attn_out",
    "blocks.0.resid_mid",
    "blocks.0.ln2",
    "blocks.0.mlp_act",
    "blocks.0.mlp_out",
    "blocks.0.resid_post",
    "blocks.1.ln1",
  ]);
  deepEqual(hooks.at(-1), {
    name: "final_norm",
    width: 8,
    layout: { specials: 1, grid: [2, 5] },
  });
  equal(hooks[11]!.width, 16);
  // Two heads, eleven tokens.
  deepEqual([hooks[5]!.width, hooks[6]!.width], [22, 22]);
});

Deno.test("dinov2() records what made the activations", async () => {
  const { provenance } = await dinov2(
    { model, size: { height: 8, width: 20 }, fit: "crop", pos: "offset0.1" },
    here,
  );
  const { "model.safetensors": weights, "config.json": config, ...rest } =
    provenance;
  match(`${weights}`, /^[0-9a-f]{64}$/);
  match(`${config}`, /^[0-9a-f]{64}$/);
  deepEqual(rest, {
    height: 8,
    width: 20,
    preprocessing:
      "trim to shape, resize 20x8 bicubic, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
    positions: "offset0.1",
  });
});

/** The settings of DINOv2's own processor, on a small scale. */
const preprocessor = {
  crop_size: { height: 16, width: 16 },
  do_center_crop: true,
  do_convert_rgb: true,
  do_normalize: true,
  do_rescale: true,
  do_resize: true,
  image_mean: [0.485, 0.456, 0.406],
  image_processor_type: "BitImageProcessor",
  image_std: [0.229, 0.224, 0.225],
  resample: 3,
  rescale_factor: 1 / 255,
  size: { shortest_edge: 19 },
};

Deno.test("dinov2() prepares pictures as its files say unless told otherwise", async () => {
  const statistics = "mean 0.485 0.456 0.406, std 0.229 0.224 0.225";
  await withModel("dinov2", { preprocessor }, async (folder) => {
    const described = async (change: Partial<Dinov2Options>) => {
      const made = await dinov2({ ...options, model: folder, ...change }, here);
      const { grid } = made.hooks[0]!.layout;
      return [made.provenance.preprocessing, grid];
    };
    deepEqual(await described({}), [
      `resize shortest edge 19 bicubic, crop 16x16, ${statistics}`,
      [4, 4],
    ]);
    deepEqual(await described({ size: 24 }), [
      `resize 24x24 bicubic, ${statistics}`,
      [6, 6],
    ]);
    deepEqual(await described({ fit: "crop" }), [
      `trim to shape, resize 16x16 bicubic, ${statistics}`,
      [4, 4],
    ]);
  });
  const { provenance } = await dinov2(options, here);
  equal(provenance.preprocessing, `resize 20x20 bicubic, ${statistics}`);
});

Deno.test("dinov2() requires a size in whole patches", async () => {
  await rejects(
    dinov2({ ...options, size: { height: 22, width: 1 } }, here),
    (error) => {
      ok(error instanceof ConfigError);
      equal(error.path, "encoder.size");
      equal(
        error.message,
        "Cannot cut pictures 22 pixels high and 1 wide into patches of 4: give multiples of 4, such as 24 and 4",
      );
      return true;
    },
  );
});

const lambda = "dinov2.encoder.layer.1.layer_scale2.lambda1";
const places = "dinov2.embeddings.position_embeddings";
const faults = [
  [
    "a tensor is missing",
    { without: lambda },
    /Cannot find tensor "dinov2.encoder.layer.1.layer_scale2.lambda1" in ".*model.safetensors"/,
  ],
  [
    "a tensor has another shape",
    { reshape: places },
    /"dinov2.embeddings.position_embeddings" of ".*": its shape is \[8, 26, 1\], the settings ask for \[1, 26, 8\]/,
  ],
  [
    "it was made for another size",
    { config: { image_size: 28 } },
    /its shape is \[1, 26, 8\], the settings ask for \[1, 50, 8\]/,
  ],
  [
    "it is a Depth Anything",
    { config: { model_type: "depth_anything" } },
    /"model_type": found "depth_anything", supported are "dinov2" and "dinov2_with_registers"; for Depth Anything use the encoder "depth-anything"/,
  ],
  [
    "its registers are missing",
    { config: { model_type: "dinov2_with_registers" } },
    /Cannot find tensor "dinov2.embeddings.register_tokens"/,
  ],
  [
    "it has no type",
    { config: { model_type: undefined } },
    /"model_type": found undefined, supported are "dinov2" and "dinov2_with_registers"$/,
  ],
  [
    "blocks are missing",
    { config: { num_hidden_layers: 12 } },
    /it holds 2 blocks, config.json says 12/,
  ],
  [
    "the heads do not share the width",
    { config: { num_attention_heads: 3 } },
    /a width of 8 cannot be divided among 3 heads/,
  ],
  ["the MLP is gated in its settings alone", {
    config: { use_swiglu_ffn: true },
  }, /Cannot find tensor "dinov2.encoder.layer.0.mlp.weights_in.weight"/],
  [
    "the activation is unknown",
    { config: { hidden_act: "relu" } },
    /"hidden_act": found "relu", supported is "gelu"/,
  ],
  [
    "pictures are padded",
    { preprocessor: { ...preprocessor, do_pad: true } },
    /Cannot use ".*preprocessor_config.json": "do_pad": only false is supported/,
  ],
] as const;

for (const [what, change, message] of faults) {
  Deno.test(`dinov2() rejects a model when ${what}`, async () => {
    await withModel("dinov2", change, async (folder) => {
      await rejects(dinov2({ ...options, model: folder }, here), (error) => {
        ok(error instanceof FormatError, `${error}`);
        match(error.message, message);
        return true;
      });
    });
  });
}

Deno.test("dinov2() and vit() say when they are given each other's model", async () => {
  await rejects(
    dinov2({ ...options, model: goldenFolder("vit") }, here),
    /"model_type": found "vit", supported are "dinov2" and "dinov2_with_registers"; for ViT and DeiT use the encoder "vit"/,
  );
  await rejects(vit({ model }, here), /"model_type": found "dinov2"/);
});

Deno.test("dinov2() rejects options that it does not know", async () => {
  const check = async (given: unknown) => {
    const result = await plugin.options["~standard"].validate(given);
    return result.issues ? "issues" : result.value;
  };
  const defaults = { ...options, provider: "cpu" };
  deepEqual(await check({ model }), defaults);
  deepEqual(await check({ model, size: 224 }), { ...defaults, size: 224 });
  equal(await check({ model, size: { height: 8 } }), "issues");
  equal(await check({ model, size: 0 }), "issues");
  equal(await check({ model, pos: "bilinear" }), "issues");
  equal(await check({ model, fit: "pad" }), "issues");
  equal(await check({ model, provider: "tpu" }), "issues");
  equal(await check({}), "issues");
});

Deno.test("dinov2() makes no difference between crop and stretch for pictures of its shape", async () => {
  const images = [picture(20, 10)], size = { height: 8, width: 16 };
  const outputs: Float32Array[] = [];
  for (const fit of ["stretch", "crop"] as const) {
    await using(dinov2({ ...options, size, fit }, here), async (encoder) => {
      outputs.push((await encoder.encode(images, ["embed"])).embed!.data);
    });
  }
  deepEqual(outputs[0], outputs[1]);
});
