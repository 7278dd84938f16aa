/** Tests of the encoder that a model's folder chooses. @module */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { ConfigError, type Encoder, FormatError } from "tessera";
import plugin, { auto } from "../../../plugins/encoders/auto.ts";
import {
  depthAnything,
  type DepthAnythingOptions,
} from "../../../plugins/encoders/depth_anything/mod.ts";
import { dinov2 } from "../../../plugins/encoders/dinov2/mod.ts";
import { theia } from "../../../plugins/encoders/theia/mod.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import { goldenFolder, here } from "./_golden.ts";
import { using, withModel } from "./dinov2/_models.ts";

const nano = new URL("../../../fixtures/depth-nano", import.meta.url).href;
const images = [picture(40, 30, 1), picture(33, 57, 2)];

testEncoder("auto()", () => auto({ model: goldenFolder("dinov2") }, here));

const asTrained = { statistics: "half", resample: "bilinear" } as const;
const depth = (model: string, more: Partial<DepthAnythingOptions> = {}) =>
  depthAnything({ ...more, model }, here);
const folders: Readonly<Record<string, (model: string) => Promise<Encoder>>> = {
  vit: (model) => vit({ model }, here),
  deit_distilled: (model) => vit({ model }, here),
  "classifiers/deit": (model) => vit({ model }, here),
  theia: (model) => theia({ model, ...asTrained }, here),
  theia_heads: (model) => theia({ model, ...asTrained }, here),
  dinov2: (model) => dinov2({ model, pos: "hf" }, here),
  dinov2_swiglu: (model) => dinov2({ model, pos: "hf" }, here),
  depth_anything_v1: depth,
  depth_anything_v2: depth,
  depth_anything_metric: depth,
};

async function same(opening: Promise<Encoder>, by: Promise<Encoder>) {
  await using(opening, async (encoder) => {
    await using(by, async (wanted) => {
      deepEqual(encoder.hooks, wanted.hooks);
      equal(encoder.defaultHook, wanted.defaultHook);
      deepEqual(encoder.predictions, wanted.predictions);
      deepEqual(encoder.provenance, wanted.provenance);
      const hooks = [wanted.defaultHook, wanted.hooks.at(-1)!.name];
      deepEqual(
        await encoder.encode(images, hooks),
        await wanted.encode(images, hooks),
      );
    });
  });
}

for (const [name, open] of Object.entries(folders)) {
  Deno.test(`auto() opens ${name} with its own encoder`, async () => {
    const model = goldenFolder(name);
    await same(auto({ model }, here), open(model));
  });
}

Deno.test("auto() opens the Depth Anything of this repository", async () => {
  await same(auto({ model: nano }, here), depth(nano));
});

Deno.test("auto() passes options on", async () => {
  const given = {
    size: { height: 8, width: 12 },
    fit: "crop",
    pos: "offset0.1",
    threads: 1,
  } as const;
  const model = goldenFolder("dinov2");
  await same(
    auto({ model, ...given }, here),
    dinov2({ model, ...given }, here),
  );
  const v2 = goldenFolder("depth_anything_v2");
  await same(auto({ model: v2, ...given }, here), depth(v2, given));
});

Deno.test("auto() names the option that a kind of model does not take", async () => {
  for (const [name, encoder] of [["vit", "vit"], ["theia", "theia"]] as const) {
    const model = goldenFolder(name);
    for (
      const [option, value] of [["size", 32], ["fit", "crop"], ["pos", "hf"]]
    ) {
      const opening = auto({ model, [option as string]: value }, here);
      await rejects(opening, (error) => {
        ok(error instanceof ConfigError);
        equal(error.path, `encoder.${option}`);
        equal(
          error.message,
          `Cannot give option "${option}" to "${model}": its ${model}/config.json asks for the encoder "${encoder}", which does not take it; leave it out`,
        );
        return true;
      });
    }
  }
});

Deno.test("auto() knows Theia by its class, or its backbone", async () => {
  const { theia_heads: heads } = folders;
  const model = goldenFolder("theia_heads");
  for (const architectures of [undefined, ["TheiaModel"]]) {
    await withModel(
      "theia_heads",
      { config: { architectures } },
      (folder) =>
        using(auto({ model: folder }, here), async (encoder) => {
          await using(heads!(model), (wanted) => {
            deepEqual(encoder.hooks, wanted.hooks);
            return Promise.resolve();
          });
        }),
    );
  }
});

Deno.test("auto() says which models it knows, and what to do with others", async () => {
  for (const model_type of ["swin", undefined, "toString"]) {
    await withModel("vit", { config: { model_type } }, async (folder) => {
      await rejects(auto({ model: folder }, here), (error) => {
        ok(error instanceof ConfigError);
        equal(error.path, "encoder.model");
        equal(
          error.message,
          `Cannot tell which encoder opens "${folder}": the model_type in its config.json is ${
            model_type ? `"${model_type}"` : "missing"
          }, supported are "vit", "deit", "dinov2", "dinov2_with_registers", "dinov3_vit", "clip", "clip_vision_model", "siglip", "siglip_vision_model", "depth_anything", and Theia, which has none; export any other model to ONNX and open it with the encoder "onnx"`,
        );
        return true;
      });
    });
  }
});

Deno.test("auto() says what is wrong with a folder or its settings", async () => {
  await rejects(auto({ model: "no/such/folder" }, here), /no such folder/);
  await withModel("vit", { config: { model_type: 7 } }, async (folder) => {
    await rejects(auto({ model: folder }, here), FormatError);
  });
  // Refused by the encoder itself.
  await withModel(
    "dinov2",
    { config: { hidden_act: "relu" } },
    (folder) =>
      rejects(auto({ model: folder }, here), /"hidden_act": found "relu"/),
  );
});

Deno.test("auto() has the options that more than one encoder has", async () => {
  const check = async (given: unknown) => {
    const result = await plugin.options["~standard"].validate(given);
    return result.issues ? "issues" : result.value;
  };
  deepEqual(await check({ model: "a/b" }), { model: "a/b", provider: "cpu" });
  equal(await check({}), "issues");
  equal(await check({ model: "a/b", statistics: "half" }), "issues");
  equal(await check({ model: "a/b", pos: "bilinear" }), "issues");
});
