import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { readSafetensorsHeader } from "tessera";
import { vit } from "../../../../plugins/encoders/vit/mod.ts";
import { classifier } from "../../../../plugins/encoders/vit/classifier.ts";
import { picture, testEncoder } from "../../../conformance/encoder.ts";
import { checkPauses } from "../_check_pauses.ts";
import {
  checkGolden,
  goldenFolder,
  goldenImages,
  here,
  readGolden,
} from "../_golden.ts";

const names = ["vit", "deit", "deit_teacher"];
const folders = names.map((name) => goldenFolder(`classifiers/${name}`));
const weights = await readSafetensorsHeader(
  join(folders[0]!, "model.safetensors"),
);
const known = { dModel: 12, specials: ["cls_token"] };

testEncoder(
  "vit() with a classifier",
  () => vit({ model: folders[0]! }, here),
);

for (const [i, model] of folders.entries()) {
  Deno.test(`vit() agrees with transformers on the logits of ${names[i]}`, async () => {
    const golden = await readGolden(model);
    const encoder = await vit({ model }, here);
    const images = await goldenImages(golden);
    const hooks = await checkGolden(encoder, golden, images, 1e-4);
    await encoder.close();
    deepEqual(Object.keys(hooks), ["final_norm", "logits"]);
  });

  Deno.test(`pause() of ${names[i]} goes on to its logits from every hook, bit by bit`, async () => {
    const encoder = await vit({ model }, here);
    const images = [picture(20, 15, 1), picture(15, 20, 2)];
    await checkPauses(encoder, images).finally(() => encoder.close());
  });
}

Deno.test("vit() says what its logits are, and names the classes if the settings do", async () => {
  const of = async (model: string) => {
    const { hooks, predictions } = await vit({ model }, here);
    deepEqual(hooks.at(-1)!.layout, { specials: 1, grid: [0, 0] });
    return { width: hooks.at(-1)!.width, said: predictions };
  };
  const said = {
    hook: "logits",
    kind: "logits",
    meaning: "a number for each class; their softmax gives the probabilities",
  };
  const labels = ["tabby, tabby cat", "Eskimo dog", "t-shirt", "mug", "daisy"];
  deepEqual(await of(folders[0]!), { width: 5, said: [{ ...said, labels }] });
  deepEqual(await of(folders[2]!), { width: 2, said: [said] });
});

Deno.test("vit() without a classifier makes no predictions and goes on to its last hook", async () => {
  const encoder = await vit({ model: goldenFolder("vit") }, here);
  equal(encoder.predictions, undefined);
  const images = [picture(20, 15)], at = "blocks.1.resid_post";
  const paused = await encoder.pause!(images, [at]);
  deepEqual(
    await paused.resume(),
    await encoder.encode(images, [encoder.hooks.at(-1)!.name]),
  );
  await encoder.close();
});

Deno.test("classifier() names classes only if each has a name", () => {
  const labels = (id2label: Record<string, string>) =>
    classifier(weights, { ...known, id2label })!.predictions[0]!.labels;
  const all = { 4: "e", 2: "c", 0: "a", 1: "b", 3: "d" };
  deepEqual(labels(all), ["a", "b", "c", "d", "e"]);
  equal(labels({ ...all, 5: "f" }), undefined);
  equal(labels({ 0: "a", 1: "b", 2: "c", 3: "d" }), undefined);
  equal(labels({ 0: "a", 1: "b", 2: "c", 3: "d", x: "e" }), undefined);
});

Deno.test("vit() refuses a classifier with a part missing or of another shape", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of ["config.json", "model.safetensors"]) {
      await Deno.copyFile(join(folders[0]!, file), join(folder, file));
    }
    const path = join(folder, "model.safetensors");
    const change = async (from: string, to: string): Promise<void> => {
      const bytes = await Deno.readFile(join(folders[0]!, "model.safetensors"));
      const text = new TextDecoder("latin1").decode(bytes);
      const at = text.indexOf(from);
      ok(at >= 0 && from.length === to.length);
      bytes.set(new TextEncoder().encode(to), at);
      await Deno.writeFile(path, bytes);
    };
    await change('"classifier.bias"', '"classifier.bios"');
    await rejects(vit({ model: folder }, here), {
      name: "FormatError",
      message: /Cannot find tensor "classifier\.bias"/,
    });
    await change('"shape":[5,12]', '"shape":[12,5]');
    await rejects(vit({ model: folder }, here), {
      name: "FormatError",
      message:
        /Cannot use tensor "classifier\.weight" .* \[12, 5\], the settings ask for \[12, 12\]/,
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
