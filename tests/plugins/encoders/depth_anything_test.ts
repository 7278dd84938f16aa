import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Encoder, FormatError, readFloats, type RgbImage } from "tessera";
import plugin, {
  depthAnything,
  type DepthAnythingOptions,
} from "../../../plugins/encoders/depth_anything/mod.ts";
import { dinov2 } from "../../../plugins/encoders/dinov2/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  worst,
} from "./_golden.ts";
import { goldenOf, goldenSizes, using, withModel } from "./dinov2/_models.ts";

const v2 = "depth_anything_v2";
const model = goldenFolder(v2);
const options: DepthAnythingOptions = { model, pos: "hf" };
const names = [
  "depth_anything_v1",
  "depth_anything_v2",
  "depth_anything_metric",
] as const;

testEncoder("depthAnything()", () => depthAnything(options, here));
testEncoder(
  "depthAnything() of a metric model",
  () =>
    depthAnything({
      ...options,
      model: goldenFolder("depth_anything_metric"),
      size: { height: 4, width: 12 },
    }, here),
);

for (const name of names) {
  for (const size of goldenSizes) {
    const at = `${name} at ${size.height}×${size.width}`;
    const made = { ...options, model: goldenFolder(name), size };

    Deno.test(`depthAnything() agrees with transformers at every hook of ${at}`, async () => {
      const golden = await goldenOf(name, size);
      await using(depthAnything(made, here), async (encoder) => {
        const images = await goldenImages(golden);
        const hooks = await checkGolden(encoder, golden, images, 1e-4);
        const inside = await goldenOf(name, size, "attention");
        const pairs = await checkGolden(encoder, inside, images, 1e-4);
        const checked = Object.keys({ ...hooks, ...pairs });
        equal(checked.length, encoder.hooks.length);
      });
    });

    Deno.test(`depthAnything() resizes position embeddings as the original code does for ${at}`, async () => {
      const golden = await goldenOf(name, size);
      const images = await goldenImages(golden);
      const offset = { ...made, pos: "offset0.1" } as const;
      await using(depthAnything(offset, here), async (encoder) => {
        const seen = await encoder.encode(images, ["embed", "depth"]);
        for (const [hook, { data }] of Object.entries(seen)) {
          const expected = await readFloats(golden, `offset0.1 ${hook}`);
          ok(worst(data, expected) <= 1e-4, hook);
          ok(worst(data, await readFloats(golden, hook)) > 0.01, hook);
        }
      });
    });
  }
}

Deno.test("depthAnything() names its hooks in network order, maps with their own grids", async () => {
  const size = { height: 12, width: 20 };
  const { hooks, defaultHook } = await depthAnything(
    { ...options, size },
    here,
  );
  equal(defaultHook, "blocks.3.resid_post");
  equal(hooks.length, 1 + 5 * 13 + 4 + 4 + 4 + 4 + 2);
  equal(hooks[0]!.name, "embed");
  const after = hooks.slice(1 + 5 * 13);
  deepEqual(
    after.map(({ name, width, layout: { specials, grid } }) =>
      `${name} ${width} ${specials} ${grid.join("x")}`
    ),
    [
      "feat.0 8 1 3x5",
      "feat.1 8 1 3x5",
      "feat.2 8 1 3x5",
      "feat.3 8 1 3x5",
      "reassemble.0 3 0 12x20",
      "reassemble.1 4 0 6x10",
      "reassemble.2 6 0 3x5",
      "reassemble.3 8 0 2x3",
      "neck.0 4 0 12x20",
      "neck.1 4 0 6x10",
      "neck.2 4 0 3x5",
      "neck.3 4 0 2x3",
      "fusion.0 4 0 3x5",
      "fusion.1 4 0 6x10",
      "fusion.2 4 0 12x20",
      "fusion.3 4 0 24x40",
      "head.act 4 0 12x20",
      "depth 1 0 12x20",
    ],
  );
});

Deno.test("depthAnything() records what made the activations", async () => {
  const { provenance } = await depthAnything({ ...options, size: 12 }, here);
  const { "model.safetensors": weights, "config.json": config, ...rest } =
    provenance;
  match(`${weights}`, /^[0-9a-f]{64}$/);
  match(`${config}`, /^[0-9a-f]{64}$/);
  deepEqual(rest, {
    height: 12,
    width: 12,
    preprocessing:
      "resize 12x12 bicubic, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
    positions: "hf",
    taps: "1 2 4 5",
    depth: "inverse depth without a unit, larger where nearer",
  });
  const metric = await depthAnything(
    { ...options, model: goldenFolder("depth_anything_metric") },
    here,
  );
  equal(metric.provenance.depth, "depth in metres, at most 20");
});

Deno.test("depthAnything() says whether its depth is inverse", async () => {
  const saidBy = async (name: string) =>
    (await depthAnything({ model: goldenFolder(name) }, here)).predictions;
  const said = { hook: "depth", kind: "depth" };
  deepEqual(await saidBy(v2), [{
    ...said,
    meaning: "inverse depth without a unit, larger where nearer",
    inverse: true,
    range: [0, Infinity],
  }]);
  deepEqual(await saidBy("depth_anything_metric"), [{
    ...said,
    meaning: "depth in metres, at most 20",
    inverse: false,
    range: [0, 20],
  }]);
});

/** The depth that an encoder predicts for one picture, and how its provenance describes it. */
async function depthOf(encoder: Encoder, image: RgbImage) {
  const { depth } = await encoder.encode([image], ["depth"]);
  const { height, width, preprocessing } = encoder.provenance;
  return { depth: depth!.data, size: `${width}x${height}`, preprocessing };
}

Deno.test("depthAnything() is fitted to the size that its processor chooses for a picture", async () => {
  const image = picture(60, 35);
  await using(depthAnything(options, here), async (encoder) => {
    equal(encoder.provenance.width, 20);
    const fitted = await encoder.fitted!(image);
    // Height 35 → 20 is a smaller change than width 60 → 20: 34.3 × 20, in patches of 4.
    const made = await depthOf(fitted, image);
    equal(made.size, "36x20");
    match(`${made.preprocessing}`, /^resize 36x20 bicubic, mean/);
    deepEqual(
      fitted.hooks.at(-1)!.layout,
      { specials: 0, grid: [20, 36] },
    );
    const size = { width: 36, height: 20 };
    const asked = depthAnything({ ...options, size }, here);
    await using(asked, async (asked) => {
      deepEqual(await depthOf(asked, image), made);
    });
    // A fitted encoder is fitted again just as the first one.
    const again = await fitted.fitted!(picture(35, 60));
    equal(again.provenance.height, 36);
    await fitted.close();
    await rejects(fitted.encode([image], ["depth"]), /closed/);
    await Promise.all([again.close(), depthOf(encoder, image)]);
  });
});

Deno.test("depthAnything() does not read its weights again to be fitted", async () => {
  await withModel("depth_anything_v2", {}, async (folder) => {
    const model = { ...options, model: folder };
    await using(depthAnything(model, here), async (encoder) => {
      await Deno.remove(`${folder}/config.json`);
      const fitted = await encoder.fitted!(picture(60, 35));
      await depthOf(fitted, picture(60, 35));
      await fitted.close();
    });
  });
});

Deno.test("depthAnything() stays as it is if a size is asked for, or its processor does not keep shapes", async () => {
  const wide = picture(60, 20), size = 12;
  await using(depthAnything({ ...options, size }, here), async (encoder) => {
    ok(await encoder.fitted!(wide) === encoder);
  });
  const preprocessor = {
    size: 16,
    resample: 3,
    image_processor_type: "DPTImageProcessor",
    keep_aspect_ratio: false,
  };
  await withModel(v2, { preprocessor }, async (folder) => {
    const model = { ...options, model: folder };
    await using(depthAnything(model, here), async (encoder) => {
      equal(encoder.provenance.width, 16);
      ok(await encoder.fitted!(wide) === encoder);
    });
  });
  // Without that file it is as the published models are.
  const v1 = { ...options, model: goldenFolder("depth_anything_v1") };
  await using(depthAnything(v1, here), async (encoder) => {
    const fitted = await encoder.fitted!(wide);
    equal(fitted.provenance.width, 60);
    await fitted.close();
  });
});

Deno.test("depthAnything() prepares pictures as the original code does when told to", async () => {
  const original = { model, processor: "original" } as const;
  const image = picture(60, 45);
  await using(depthAnything(original, here), async (encoder) => {
    const { provenance } = encoder;
    equal(provenance.processor, "original");
    equal(provenance.positions, "offset0.1");
    equal(
      provenance.preprocessing,
      "original, resize 20x20 cubic of floats, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
    );
    const fitted = await encoder.fitted!(image);
    // Both sides cover 20 pixels: 26.7 × 20, in patches of 4.
    equal(fitted.provenance.width, 28);
    equal(fitted.provenance.processor, "original");
    const made = await depthOf(fitted, image);
    await fitted.close();
    const size = { width: 28, height: 20 };
    const hf = depthAnything({ model, size, pos: "offset0.1" }, here);
    await using(hf, async (hf) => {
      equal("processor" in hf.provenance, false);
      ok(worst((await depthOf(hf, image)).depth, made.depth) > 1e-3);
    });
  });
  const both = await depthAnything({ ...original, pos: "hf" }, here);
  equal(both.provenance.positions, "hf");
  const cropped = await depthAnything({ ...original, fit: "crop" }, here);
  match(
    `${cropped.provenance.preprocessing}`,
    /^original, trim to shape, resize 20x20/,
  );
});

Deno.test("depthAnything() fills in its options", async () => {
  const { "~standard": standard } = plugin.options;
  const value = async (given: object) => {
    const result = await standard.validate({ model, ...given });
    return result.issues ? result.issues[0]!.path : result.value;
  };
  const defaults = { model, processor: "hf", provider: "cpu" };
  deepEqual(await value({}), defaults);
  deepEqual(await value({ pos: "hf" }), { ...defaults, pos: "hf" });
  deepEqual(await value({ processor: "cv2" }), ["processor"]);
  deepEqual(await value({ provider: "gpu" }), ["provider"]);
});

Deno.test("depthAnything() needs more memory to be read inside attention", async () => {
  await using(depthAnything(options, here), (encoder) => {
    const hook = (name: string) =>
      encoder.hooks.find((hook) => hook.name === name)!;
    const at = (name: string) => encoder.memory(8, hook(name));
    ok(at("blocks.1.probs") > at("blocks.1.z"));
    const all = encoder.hooks.map(({ name }) => at(name));
    equal(encoder.memory(8), Math.max(...all));
    return Promise.resolve();
  });
});

Deno.test("depthAnything() recognises V1 by its taps", async () => {
  const v1 = goldenFolder("depth_anything_v1");
  await depthAnything({ ...options, model: v1, version: 1 }, here);
  await depthAnything({ ...options, version: 2 }, here);
  await rejects(
    depthAnything({ ...options, model: v1, version: 2 }, here),
    (error) => {
      ok(error instanceof FormatError);
      match(
        error.message,
        /Cannot use ".*model.safetensors" as Depth Anything V2: config.json taps blocks 2, 3, 4, 5 of 5, as V1 does: V1 taps the last ones, V2 others too; leave out version, or give the other folder$/,
      );
      return true;
    },
  );
  await rejects(
    depthAnything({ ...options, version: 1 }, here),
    /as Depth Anything V1: config.json taps blocks 1, 2, 4, 5 of 5, as V2 does/,
  );
  // With every block tapped it is both.
  const metric = goldenFolder("depth_anything_metric");
  for (const version of [1, 2] as const) {
    await depthAnything({ ...options, model: metric, version }, here);
  }
});

Deno.test("depthAnything() takes the taps by name, or from the end", async () => {
  const images = [picture(20, 20)];
  const depthOf = async (folder: string): Promise<Float32Array> => {
    const encoder = await depthAnything({ ...options, model: folder }, here);
    const { depth } = await encoder.encode(images, ["depth"]);
    await encoder.close();
    return depth!.data;
  };
  const expected = await depthOf(model);
  const same = [
    { out_indices: undefined },
    { out_indices: [1, 2, -2, -1] },
    { out_features: undefined },
  ];
  for (const backbone of same) {
    await withModel("depth_anything_v2", { backbone }, async (folder) => {
      deepEqual(await depthOf(folder), expected);
    });
  }
});

Deno.test("depthAnything() leaves taps unnormalised when its settings say so", async () => {
  const backbone = { apply_layernorm: false };
  await withModel("depth_anything_v2", { backbone }, async (folder) => {
    await using(
      depthAnything({ ...options, model: folder }, here),
      async (encoder) => {
        const seen = await encoder.encode([picture(20, 20)], [
          "feat.1",
          "blocks.1.resid_post",
        ]);
        deepEqual(seen["feat.1"], seen["blocks.1.resid_post"]);
      },
    );
  });
});

Deno.test("depthAnything() reads F16 weights in place", async () => {
  const images = [picture(40, 30, 1)], wanted = ["depth", "feat.0", "feat.3"];
  const outputs: Record<string, Float32Array>[] = [];
  const read = async (folder: string) =>
    await using(
      depthAnything({ ...options, model: folder }, here),
      async (encoder) => {
        const seen = await encoder.encode(images, wanted);
        outputs.push(
          Object.fromEntries(wanted.map((name) => [name, seen[name]!.data])),
        );
      },
    );
  await read(model);
  await withModel("depth_anything_v2", { dtype: "F16" }, read);
  for (const name of wanted) {
    const difference = worst(outputs[1]![name]!, outputs[0]![name]!);
    ok(difference < 0.1 && difference > 1e-5, `${name} ${difference}`);
  }
});

const faults = [
  [
    "a tensor is missing",
    { without: "neck.convs.2.weight" },
    /Cannot find tensor "neck.convs.2.weight" in ".*model.safetensors"/,
  ],
  [
    "the backbone is missing",
    { without: "backbone.embeddings.patch_embeddings.projection.weight" },
    /Cannot find the tensor "backbone.embeddings.patch_embeddings.projection.weight" in/,
  ],
  [
    "a tensor has another shape",
    { reshape: "head.conv1.weight" },
    /Cannot use tensor "head.conv1.weight" of ".*": its shape is \[3, 3, 4, 2\], the settings ask for \[2, 4, 3, 3\]/,
  ],
  [
    "it is a DINOv2",
    { config: { model_type: "dinov2" } },
    /"model_type": found "dinov2", supported is "depth_anything"; for DINOv2 use the encoder "dinov2"/,
  ],
  [
    "its backbone is another",
    { backbone: { model_type: "swin" } },
    /"backbone_config.model_type": found "swin", supported is "dinov2"/,
  ],
  [
    "its backbone is only named",
    { config: { backbone: "vit_small" } },
    /"backbone": a backbone by name is not supported, only one by backbone_config/,
  ],
  [
    "its settings name no backbone",
    { config: { backbone_config: null } },
    /"patch_size" is 4, the backbone's is 14/,
  ],
  ["taps are out of order", {
    backbone: { out_indices: [2, 1, 4, 5], out_features: undefined },
  }, /"out_indices" must be rising numbers from 0 to 5, found 2, 1, 4, 5/],
  [
    "taps are beyond the blocks",
    { backbone: { out_indices: [3, 6, 9, 12], out_features: undefined } },
    /its backbone has 5 blocks, so "out_indices" must be rising numbers from 0 to 5, found 3, 6, 9, 12/,
  ],
  [
    "taps and their names differ",
    { backbone: { out_indices: [2, 3, 4, 5] } },
    /"out_indices" are 2, 3, 4, 5, "out_features" are stage1, stage2, stage4, stage5/,
  ],
  ["taps have strange names", {
    backbone: { out_indices: undefined, out_features: ["stem", "one"] },
  }, /must be rising numbers from 0 to 5, found 0, NaN/],
  [
    "there are fewer taps",
    { backbone: { out_indices: [4, 5], out_features: undefined } },
    /the backbone has 2 "out_indices", there are 4 "neck_hidden_sizes" and 4 "reassemble_factors"/,
  ],
  [
    "the neck has another width",
    { config: { reassemble_hidden_size: 12 } },
    /"reassemble_hidden_size" is 12, the backbone's "hidden_size" is 8/,
  ],
  [
    "patches differ",
    { config: { patch_size: 14 } },
    /"patch_size" is 14, the backbone's is 4/,
  ],
  ["a factor is no whole number", {
    config: { reassemble_factors: [4, 2, 1, 0.4] },
  }, /"reassemble_factors.3": supported are 1, 2, 3 … and 1\/2, 1\/3 …/],
  [
    "the head takes a map that is not there",
    { config: { head_in_index: 4 } },
    /"head_in_index" is 4, there are 4 fused maps/,
  ],
  ["the kind of depth is unknown", {
    config: { depth_estimation_type: "stereo" },
  }, /"depth_estimation_type"/],
] as const;

for (const [what, change, message] of faults) {
  Deno.test(`depthAnything() rejects a model when ${what}`, async () => {
    await withModel(v2, change, async (folder) => {
      await rejects(
        depthAnything({ ...options, model: folder }, here),
        (error) => {
          ok(error instanceof FormatError, `${error}`);
          match(error.message, message);
          return true;
        },
      );
    });
  });
}

Deno.test("depthAnything() lists the nearest hooks", async () => {
  await using(depthAnything(options, here), async (encoder) => {
    await rejects(encoder.encode([], ["fusion.4"]), {
      name: "ConfigError",
      message:
        /^Cannot find hook "fusion.4" among 84: nearest are "fusion.[0-3]"/,
    });
  });
});

Deno.test("depthAnything() and dinov2() say when they are given each other's model", async () => {
  await rejects(
    depthAnything({ ...options, model: goldenFolder("dinov2") }, here),
    /supported is "depth_anything"; for DINOv2 use the encoder "dinov2"/,
  );
  await rejects(
    dinov2({ model, pos: "hf" }, here),
    /supported are "dinov2" and "dinov2_with_registers"; for Depth Anything use the encoder "depth-anything"/,
  );
});

Deno.test("depthAnything() says what to give when no model is named", async () => {
  const result = await plugin.options["~standard"].validate({ version: 3 });
  deepEqual(result.issues?.map(({ path }) => path), [["model"], ["version"]]);
  match(result.issues![0]!.message, /such as Depth-Anything-V2-Small-hf$/);
});
