import {
  deepEqual,
  equal,
  notDeepEqual,
  ok,
  rejects,
} from "node:assert/strict";
import { join } from "node:path";
import plugin, {
  theia,
  type TheiaOptions,
} from "../../../plugins/encoders/theia/mod.ts";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { picture, testEncoder } from "../../conformance/encoder.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  readGolden,
} from "./_golden.ts";

const model = goldenFolder("theia");
const options: TheiaOptions = {
  model,
  statistics: "half",
  resample: "bilinear",
};

testEncoder("theia()", () => theia(options, here));

Deno.test("theia() agrees with Theia's own code at every hook", async () => {
  const golden = await readGolden(model);
  const encoder = await theia(options, here);
  const images = await goldenImages(golden);
  const hooks = await checkGolden(encoder, golden, images, 1e-4);
  const inside = await readGolden(model, "attention");
  const more = await checkGolden(encoder, inside, images, 1e-4);
  await encoder.close();
  equal(Object.keys({ ...hooks, ...more }).length, encoder.hooks.length);
});

Deno.test("theia() is read by default at final_norm: one special and the patches", async () => {
  const { hooks, defaultHook } = await theia(options, here);
  equal(defaultHook, "final_norm");
  deepEqual(hooks.at(-1), {
    name: "final_norm",
    width: 24,
    layout: { specials: 1, grid: [4, 4] },
  });
});

Deno.test("theia() normalises pictures as in training unless told otherwise", async () => {
  const validated = await plugin.options["~standard"].validate({ model });
  ok(!validated.issues);
  deepEqual(validated.value, { ...options, provider: "cpu" });
  const images = [picture(50, 40)];
  const outputs = [];
  for (
    const change of [
      {},
      { statistics: "imagenet" },
      { resample: "bicubic" },
    ] as const
  ) {
    const encoder = await theia({ ...options, ...change }, here);
    outputs.push({
      preprocessing: encoder.provenance.preprocessing,
      embed: (await encoder.encode(images, ["embed"])).embed!.data,
    });
    await encoder.close();
  }
  const [trained, imagenet, bicubic] = outputs;
  equal(
    trained!.preprocessing,
    "resize 32x32 bilinear, mean 0.5 0.5 0.5, std 0.5 0.5 0.5",
  );
  notDeepEqual(imagenet, trained);
  notDeepEqual(bicubic, trained);
});

const faults = [
  [
    "its backbone is not a DeiT",
    { backbone: "google/vit" },
    /"backbone": supported are the DeiT backbones without registers/,
  ],
  [
    "it has registers",
    { num_reg_tokens: 7 },
    /"num_reg_tokens": only 0 is supported/,
  ],
  [
    "it has no backbone",
    { backbone: undefined },
    /"backbone": not found: is this Theia\? For ViT and DeiT use the encoder "vit"/,
  ],
] as const;

for (const [what, change, message] of faults) {
  Deno.test(`theia() rejects a model when ${what}`, async () => {
    const folder = await Deno.makeTempDir();
    const read = await Deno.readTextFile(join(model, "config.json"));
    await Deno.copyFile(
      join(model, "model.safetensors"),
      join(folder, "model.safetensors"),
    );
    await Deno.writeTextFile(
      join(folder, "config.json"),
      JSON.stringify({ ...JSON.parse(read), ...change }),
    );
    await rejects(theia({ ...options, model: folder }, here), {
      name: "FormatError",
      message,
    });
    await Deno.remove(folder, { recursive: true });
  });
}

Deno.test("theia() and vit() say when they are given each other's model", async () => {
  const ofVit = goldenFolder("vit");
  await rejects(
    theia({ ...options, model: ofVit }, here),
    /is this Theia\? For ViT and DeiT use the encoder "vit"/,
  );
  await rejects(
    vit({ model }, here),
    /"model_type": found undefined, supported are .* for Theia use the encoder "theia"/,
  );
});
