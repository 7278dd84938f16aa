import {
  deepEqual,
  deepStrictEqual,
  equal,
  match,
  ok,
  rejects,
} from "node:assert/strict";
import { join } from "node:path";
import {
  ConfigError,
  type Dtype,
  FormatError,
  readFloats,
  readSafetensorsHeader,
  type TensorToWrite,
  writeSafetensors,
} from "tessera";
import plugin, { vit } from "../../../plugins/encoders/vit/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  readGolden,
  worst,
} from "./_golden.ts";

const model = goldenFolder("vit");
const distilled = goldenFolder("deit_distilled");

testEncoder("vit()", () => vit({ model }, here));
testEncoder("vit() of a distilled DeiT", () => vit({ model: distilled }, here));

for (const folder of [model, distilled]) {
  Deno.test(`vit() agrees with transformers at every hook of ${folder.split("/").at(-1)}`, async () => {
    const golden = await readGolden(folder);
    const encoder = await vit({ model: folder }, here);
    const images = await goldenImages(golden);
    const hooks = await checkGolden(encoder, golden, images, 1e-4);
    const inside = await readGolden(folder, "attention");
    const more = await checkGolden(encoder, inside, images, 1e-4);
    await encoder.close();
    equal(Object.keys({ ...hooks, ...more }).length, encoder.hooks.length);
  });
}

Deno.test("vit() names its hooks in network order", async () => {
  const { hooks } = await vit({ model: distilled }, here);
  deepEqual(hooks.map(({ name }) => name), [
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
    "final_norm",
  ]);
  const others = hooks.filter(({ width }) => width !== 24)
    .map(({ name, width }) => `${name} ${width}`);
  // Three heads, eighteen tokens.
  deepEqual(others, [
    "blocks.0.scores 54",
    "blocks.0.probs 54",
    "blocks.0.mlp_act 40",
  ]);
  deepEqual(hooks[0]!.layout, { specials: 2, grid: [4, 4] });
});

Deno.test("vit() finds a model relative to the run and by file URL", async () => {
  const base = new URL("../../../fixtures/golden/", import.meta.url);
  const relative = await vit({ model: "vit" }, { base });
  const absolute = await vit({ model: new URL("vit", base).href }, here);
  deepEqual(relative.provenance, absolute.provenance);
});

Deno.test("vit() records what made the activations", async () => {
  const { provenance } = await vit({ model }, here);
  const { "model.safetensors": weights, "config.json": config, ...rest } =
    provenance;
  match(`${weights}`, /^[0-9a-f]{64}$/);
  match(`${config}`, /^[0-9a-f]{64}$/);
  deepEqual(rest, {
    image: 32,
    preprocessing:
      "resize 32x32 bicubic, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
  });
});

Deno.test("vit() answers overlapping calls for more sets of hooks than it keeps open", async () => {
  const encoder = await vit({ model }, here);
  const images = [picture(20, 30, 1), picture(30, 20, 2)];
  const sets = ["embed", "blocks.0.mlp_act", "blocks.2.resid_mid", "embed"];
  const overlapping = await Promise.all(
    sets.map((hook) => encoder.encode(images, [hook])),
  );
  for (const [i, hook] of sets.entries()) {
    deepStrictEqual(await encoder.encode(images, [hook]), overlapping[i]);
  }
  await encoder.close();
});

Deno.test("vit() rejects what is waiting when it is closed", async () => {
  const encoder = await vit({ model }, here);
  const images = [picture(32, 32)];
  await encoder.encode(images, ["embed"]);
  const waiting = encoder.encode(images, ["final_norm"]);
  await encoder.close();
  await rejects(waiting, /closed/);
  await rejects(encoder.encode(images, ["embed"]), /closed/);
});

/** Copies the tiny ViT with changed weights, settings or files, and gives the folder to `body`. */
async function withModel(
  change: {
    readonly dtype?: Dtype;
    readonly without?: string;
    readonly reshape?: string;
    readonly config?: Record<string, unknown>;
    readonly preprocessor?: Record<string, unknown>;
    readonly remove?: string;
  },
  body: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    const weights = await readSafetensorsHeader(
      join(model, "model.safetensors"),
    );
    const tensors: Record<string, TensorToWrite> = {};
    for (const [name, { shape }] of weights.tensors) {
      if (name === change.without) continue;
      const values = await readFloats(weights, name);
      const dtype = change.dtype ?? "F32";
      tensors[name] = {
        dtype,
        shape: name === change.reshape ? [...shape].reverse() : shape,
        data: narrow(values, dtype),
      };
    }
    await writeSafetensors(join(folder, "model.safetensors"), tensors);
    await copyJson("config.json", folder, change.config);
    await copyJson("preprocessor_config.json", folder, change.preprocessor);
    if (change.remove) await Deno.remove(join(folder, change.remove));
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function copyJson(
  file: string,
  folder: string,
  change: Record<string, unknown> = {},
): Promise<void> {
  const settings = JSON.parse(await Deno.readTextFile(join(model, file)));
  await Deno.writeTextFile(
    join(folder, file),
    JSON.stringify({ ...settings, ...change }),
  );
}

function narrow(values: Float32Array, dtype: Dtype): ArrayBufferView {
  if (dtype === "F16") return Float16Array.from(values);
  if (dtype === "F64") return Float64Array.from(values);
  if (dtype === "F32") return values;
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(bits, (word) => (word + 0x8000) >>> 16);
}

for (
  const [dtype, tolerance] of [["F32", 0], ["F16", 2e-2], [
    "BF16",
    2e-1,
  ]] as const
) {
  Deno.test(`vit() reads ${dtype} weights in place`, async () => {
    const images = [picture(40, 30, 1), picture(31, 60, 2)];
    const whole = await vit({ model }, here);
    const expected = await whole.encode(images, ["final_norm"]);
    await whole.close();
    await withModel({ dtype }, async (folder) => {
      const encoder = await vit({ model: folder }, here);
      const actual = await encoder.encode(images, ["final_norm"]);
      await encoder.close();
      const difference = worst(
        actual.final_norm!.data,
        expected.final_norm!.data,
      );
      ok(difference <= tolerance, `${difference} standard deviations`);
      // No difference at all would mean that the weights were not rounded.
      if (tolerance > 0) ok(difference > tolerance / 1000);
    });
  });
}

Deno.test("vit() follows the links of a hub's cache", async () => {
  const cache = await Deno.makeTempDir();
  try {
    const snapshot = join(cache, "snapshots", "1");
    await Deno.mkdir(snapshot, { recursive: true });
    await Deno.mkdir(join(cache, "blobs"));
    for (const file of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(
        join(distilled, file),
        join(cache, "blobs", `${file.length}`),
      );
      await Deno.symlink(`../../blobs/${file.length}`, join(snapshot, file));
    }
    const golden = await readGolden(distilled);
    const encoder = await vit({ model: snapshot }, here);
    await checkGolden(encoder, golden, await goldenImages(golden), 1e-4);
    await encoder.close();
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

Deno.test("vit() says which file a folder lacks", async () => {
  await withModel({ remove: "config.json" }, async (folder) => {
    await rejects(vit({ model: folder }, here), (error) => {
      ok(error instanceof ConfigError);
      equal(
        error.message,
        `Cannot find "config.json" in "${folder}": it holds "model.safetensors", "preprocessor_config.json"; give a folder with config.json and model.safetensors, or model.safetensors.index.json and the files it lists, as Hugging Face publishes them`,
      );
      return true;
    });
  });
  await withModel({ remove: "model.safetensors" }, async (folder) => {
    await rejects(
      vit({ model: folder }, here),
      /Cannot find "model.safetensors" in ".*": it holds "config.json"/,
    );
  });
  await rejects(
    vit({ model: "no/such/folder" }, here),
    /Cannot find "config.json" in ".*no.such.folder": there is no such folder/,
  );
});

const projection = "vit.embeddings.patch_embeddings.projection.weight";
const value = "vit.encoder.layer.1.attention.attention.value.weight";
const faults = [
  [
    "a tensor is missing",
    { without: value },
    /Cannot find tensor "vit.encoder.layer.1.attention.attention.value.weight" in ".*model.safetensors"/,
  ],
  [
    "the first tensor is missing",
    { without: projection },
    /Cannot find the tensor "embeddings.patch_embeddings.projection.weight" or "vit/,
  ],
  [
    "a tensor has another shape",
    { reshape: projection },
    /Cannot use tensor "vit.embeddings.patch_embeddings.projection.weight" of ".*": its shape is \[8, 8, 3, 24\], the settings ask for \[24, 3, 8, 8\]/,
  ],
  [
    "the weights are doubles",
    { dtype: "F64" },
    /Cannot use tensor ".*": its dtype is F64, supported are F32, F16 and BF16/,
  ],
  [
    "blocks are missing",
    { config: { num_hidden_layers: 12 } },
    /Cannot use ".*model.safetensors": it holds 3 blocks, config.json says 12/,
  ],
  [
    "the heads do not share the width",
    { config: { num_attention_heads: 5 } },
    /a width of 24 cannot be divided among 5 heads/,
  ],
  ["the patches do not fill the picture", {
    config: { image_size: 30 },
    preprocessor: { size: 30 },
  }, /patches of 8 pixels do not fill a picture of 30/],
  [
    "the type is unknown",
    { config: { model_type: "swin" } },
    /Cannot use ".*config.json": "model_type": found "swin", supported are "vit" and "deit"/,
  ],
  [
    "there is no type",
    { config: { model_type: undefined } },
    /"model_type": found undefined, supported are "vit" and "deit"/,
  ],
  [
    "the activation is unknown",
    { config: { hidden_act: "quick_gelu" } },
    /"hidden_act": found "quick_gelu", supported is "gelu"/,
  ],
  [
    "the filter is unknown",
    { preprocessor: { resample: 6 } },
    /Cannot use ".*preprocessor_config.json": "resample": supported are Pillow's: 0 \(nearest\), 1 \(lanczos\), 2 \(bilinear\), 3 \(bicubic\)/,
  ],
  [
    "pictures have another size",
    { preprocessor: { size: 64 } },
    /it makes pictures of 64×64 pixels, config.json asks for 32×32/,
  ],
  [
    "pictures have no size",
    { preprocessor: { size: { shortest_edge: 32 } } },
    /size.shortest_edge needs do_center_crop and crop_size/,
  ],
  ["the crop is of another size", {
    preprocessor: { size: 24, do_center_crop: true, crop_size: 40 },
  }, /it makes pictures of 40×40 pixels, config.json asks for 32×32/],
  [
    "pictures are not resized",
    { preprocessor: { do_resize: false } },
    /"do_resize": only true is supported/,
  ],
] as const;

for (const [what, change, message] of faults) {
  Deno.test(`vit() rejects a model when ${what}`, async () => {
    await withModel(change, async (folder) => {
      await rejects(vit({ model: folder }, here), (error) => {
        ok(error instanceof FormatError, `${error}`);
        match(error.message, message);
        return true;
      });
    });
  });
}

Deno.test("vit() lists the nearest hooks", async () => {
  const encoder = await vit({ model }, here);
  await rejects(encoder.encode([], ["blocks.1.resid_pst"]), {
    name: "ConfigError",
    message:
      'Cannot find hook "blocks.1.resid_pst" among 41: nearest are "blocks.1.resid_post", "blocks.0.resid_post", "blocks.2.resid_post"',
  });
  await rejects(encoder.encode([], ["pooler"]), {
    message:
      'Cannot find hook "pooler" among 41: there are, for example, "blocks.2.mlp_out", "blocks.2.resid_post", "final_norm"',
  });
});

Deno.test("vit() says what to give if no model is named", async () => {
  const result = await plugin.options["~standard"].validate({});
  deepEqual(result.issues?.map(({ message }) => message), [
    "Needs a folder with config.json and model.safetensors, as Hugging Face publishes ViT and DeiT",
  ]);
});

Deno.test("vit() passes on what onnxruntime reports", async () => {
  await withModel({}, async (folder) => {
    const encoder = await vit({ model: folder }, here);
    await Deno.remove(join(folder, "model.safetensors"));
    await rejects(
      encoder.encode([picture(8, 8)], ["embed"]),
      /model.safetensors/,
    );
    await encoder.close();
  });
});
