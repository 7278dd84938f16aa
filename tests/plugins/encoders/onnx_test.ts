import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { type Encoder, type HostTensor, readFloats } from "tessera";
import plugin, { onnx } from "../../../plugins/encoders/onnx/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import {
  goldenFolder,
  goldenImages,
  here,
  readGolden,
  worst,
} from "./_golden.ts";

const folder = goldenFolder("onnx_vit");
const exported = {
  /** One picture at a time, weights beside it, operations as they are. */
  "model.onnx": {
    embed: "add",
    "blocks.0.mlp_act": "gelu",
    "blocks.0.resid_post": "add_2",
    "blocks.1.mlp_act": "gelu_1",
    "blocks.1.resid_post": "add_4",
    final_norm: "layer_norm_4",
    neck: "conv2d_1",
    logits: "logits",
    map: "map",
  },
  /** Any number of pictures, weights inside, normalisation and GELU taken apart. */
  "scripted.onnx": {
    embed: "/vit/embeddings/Add_output_0",
    "blocks.0.mlp_act":
      "/vit/encoder/layer.0/intermediate/intermediate_act_fn/Mul_1_output_0",
    "blocks.0.resid_post": "/vit/encoder/layer.0/output/Add_output_0",
    "blocks.1.mlp_act":
      "/vit/encoder/layer.1/intermediate/intermediate_act_fn/Mul_1_output_0",
    "blocks.1.resid_post": "/vit/encoder/layer.1/output/Add_output_0",
    final_norm: "/vit/layernorm/Add_1_output_0",
    neck: "/neck/Conv_output_0",
    logits: "logits",
    map: "map",
  },
};

const make = (file: string): Promise<Encoder> =>
  onnx({ model: join(folder, file), threads: 1 }, here);

async function using(
  file: string,
  body: (encoder: Encoder) => Promise<void>,
): Promise<void> {
  const encoder = await make(file);
  try {
    await body(encoder);
  } finally {
    await encoder.close();
  }
}

function edit({ data, shape }: HostTensor): HostTensor {
  // Not linear: a normalisation could undo a linear edit.
  return { data: data.map((value) => value * value + 0.5), shape };
}

for (const [file, names] of Object.entries(exported)) {
  testEncoder(`onnx() of ${file}`, () => make(file));

  Deno.test(`onnx() of ${file} agrees with PyTorch`, () =>
    using(file, async (encoder) => {
      const golden = await readGolden(folder);
      const images = await goldenImages(golden);
      const hooks = Object.values(names);
      const seen = await encoder.encode(images, hooks);
      for (const [stored, hook] of Object.entries(names)) {
        const expected = await readFloats(golden, stored);
        deepEqual(seen[hook]!.shape, golden.tensors.get(stored)!.shape);
        const off = worst(seen[hook]!.data, expected);
        ok(off <= 1e-4, `${hook} differs by ${off} standard deviations`);
      }
    }));

  Deno.test(`onnx() of ${file} goes on from any hook, bit by bit, and to something else when edited`, () =>
    using(file, async (encoder) => {
      const images = [picture(30, 20, 1), picture(20, 30, 2)];
      const outputs = encoder.predictions!.map(({ hook }) => hook);
      const whole = await encoder.encode(images, outputs);
      for (const [i, { name }] of encoder.hooks.entries()) {
        // In the longer one only every third hook, to save time.
        if (i % 3 > 0 && file === "scripted.onnx") continue;
        if (outputs.includes(name)) continue;
        const paused = await encoder.pause!(images, [name]);
        const edited = { [name]: edit(paused.activations[name]!) };
        // To one output or both, whichever come after.
        const resumed = Object.entries(await paused.resume());
        ok(resumed.length > 0, name);
        for (const [output, values] of resumed) {
          deepEqual(values, whole[output], name);
        }
        const changed = Object.entries(await paused.resume(edited));
        const off = changed.map(([output, { data }]) =>
          worst(data, whole[output]!.data)
        );
        ok(Math.max(...off) > 1e-3, `${name} changes nothing`);
      }
    }));
}

Deno.test("onnx() goes on to the outputs after a pause, and says if there are none", () =>
  using("model.onnx", async (encoder) => {
    const { map, logits } = exported["model.onnx"], images = [picture(9, 9)];
    const alone = await encoder.pause!(images, [logits]);
    await rejects(alone.resume(), /resume to "logits": it does not come after/);
    const both = await encoder.pause!(images, [logits, "add_4"]);
    deepEqual(Object.keys(await both.resume()), [map]);
  }));

Deno.test("onnx() gives both exports of a model the same hooks, predictions and values", async () => {
  const images = [picture(30, 20, 1)];
  const seen = await Promise.all(
    Object.entries(exported).map(async ([file, names]) => {
      const encoder = await make(file);
      const hook = names["blocks.1.resid_post"];
      const { [hook]: values } = await encoder.encode(images, [hook]);
      await encoder.close();
      const { layout, width } = encoder.hooks
        .find(({ name }) => name === hook)!;
      const said = encoder.predictions!.map(({ hook, kind }) => [hook, kind]);
      return { layout, width, said, values: values! };
    }),
  );
  const [a, b] = seen;
  deepEqual(a!.layout, { specials: 1, grid: [4, 4] });
  equal(a!.width, 12);
  deepEqual(a!.said, [["logits", "logits"], ["map", "depth"]]);
  deepEqual({ ...a, values: 0 }, { ...b, values: 0 });
  ok(worst(a!.values.data, b!.values.data) < 1e-4);
});

Deno.test("onnx() is read by default at the last tokens before all predictions", async () => {
  const defaults = await Promise.all(
    Object.keys(exported).map(async (file) => (await make(file)).defaultHook),
  );
  // Not the patches alone, which come later but do not reach the classifier.
  deepEqual(defaults, ["layer_norm_4", "/vit/layernorm/Add_1_output_0"]);
});

Deno.test("onnx() records what made the activations", async () => {
  const { provenance } = await make("model.onnx");
  const { "model.onnx": graph, "model.onnx.data": data, ...rest } = provenance;
  ok(/^[0-9a-f]{64}$/.test(`${graph}`) && /^[0-9a-f]{64}$/.test(`${data}`));
  deepEqual(rest, {
    width: 32,
    height: 32,
    preprocessing:
      "resize 32x32 bicubic, mean 0.485 0.456 0.406, std 0.229 0.224 0.225",
  });
});

Deno.test("onnx describes its options", () => {
  equal(plugin.name, "onnx");
  const check = plugin.options["~standard"].validate;
  const given = { model: "m.onnx", size: 224, fit: "crop", specials: 5 };
  ok("value" in (check(given) as object));
  ok("issues" in (check({ ...given, sise: 1 }) as object));
  ok("issues" in (check({}) as object));
});
