/** Tests of what `deno task predict` prints and writes. @module */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import sharp from "sharp";
import {
  type DenseMap,
  readFloats,
  readSafetensorsHeader,
  tensorOf,
} from "tessera";
import { readNpy } from "../../../core/files/read_npy.ts";
import { resizeMap } from "../../../core/resize_map.ts";
import { runSchema } from "../../../core/run/run_schema.ts";
import { depthAnything as makeEncoder } from "../../../plugins/encoders/depth_anything/mod.ts";
import { picture } from "../../conformance/encoder.ts";
import {
  depthAnything,
  grey,
  model,
  predictFolder,
} from "./_predict_process.ts";
import { refused } from "../_train_process.ts";

/** The depth that the encoder itself gives, at its own size and at the picture's. */
async function wanted(
  width: number,
  height: number,
): Promise<{ own: DenseMap; whole: DenseMap; outside: number }> {
  const base = new URL("file:///");
  const encoder = await makeEncoder({ model, pos: "hf" }, { base });
  const fitted = await encoder.fitted?.({ width, height }) ?? encoder;
  try {
    const { depth } = await fitted.encode([picture(width, height, 1)], [
      "depth",
    ]);
    const { layout } = fitted.hooks.find(({ name }) => name === "depth")!;
    const [rows, columns] = layout.grid;
    const own = { data: depth!.data, width: columns, height: rows };
    const resized = resizeMap(own, { width, height }, "bicubic");
    // The filter overshoots; the network's inverse depth is 0 or more.
    const data = resized.data.map((value) => Math.max(0, value));
    const outside = resized.data.filter((value) => value < 0).length;
    return { own, whole: { ...resized, data }, outside };
  } finally {
    if (fitted !== encoder) await fitted.close();
    await encoder.close();
  }
}

Deno.test("predict writes depth as 16-bit grey at the picture's size, right to one step", async () => {
  await using at = await predictFolder();
  const output = await at.predictOk(...depthAnything, "wave.png");
  const { own, whole: { data }, outside } = await wanted(40, 30);
  const min = Math.min(...data), max = Math.max(...data);
  const lines = output.split("\n");
  match(
    lines[0]!,
    /^depth_anything_v2 \(depth-anything, sha256 [0-9a-f]{8}\)$/,
  );
  equal(lines[1], "  depth  inverse depth without a unit, larger where nearer");
  equal(
    lines[2],
    "written as 16-bit grey: the smallest value of a picture is 0, the largest 65535",
  );
  match(lines[3]!, /, \d+\.\d s → wave\.depth\.png$/);
  equal(
    lines[3]!.replace(/, [\d.]+ s.*/, ""),
    `wave.png: 40×30, seen at ${own.width}×${own.height}, ${
      min.toPrecision(4)
    } to ${
      max.toPrecision(4)
    }, ${outside} pixels kept within the network's range`,
  );
  const file = await at.read("wave.depth.png");
  const { width, height, depth, channels, exif } = await sharp(file).metadata();
  deepEqual([width, height, depth, channels], [40, 30, "ushort", 1]);
  const step = (max - min) / 65535;
  const values = await grey(file);
  equal(values.length, 1200);
  values.forEach((value, i) => {
    ok(Math.abs(min + value * step - data[i]!) <= 0.51 * step, `pixel ${i}`);
  });
  ok(exif!.includes(
    `inverse depth without a unit, larger where nearer; grey 0 is ${min}, 65535 is ${max}`,
  ));
  // What it says to type next is right.
  const [, next] = output.match(/^next: deno task predict (.*) {3}\(/m)!;
  await at.predictOk(...next!.split(" "));
  deepEqual(await at.names(), [
    "wave.depth.inferno.png",
    "wave.depth.png",
    "wave.png",
  ]);
});

Deno.test("predict colours depth, the nearest brightest", async () => {
  await using at = await predictFolder();
  await at.predictOk(...depthAnything, "wave.png", "--colors", "inferno");
  const file = await at.read("wave.depth.inferno.png");
  const { depth, channels } = await sharp(file).metadata();
  deepEqual([depth, channels], ["uchar", 3]);
  const pixels = await sharp(file).raw().toBuffer();
  const { data } = (await wanted(40, 30)).whole;
  const at3 = (i: number) => [...pixels.subarray(3 * i, 3 * i + 3)];
  deepEqual(at3(data.indexOf(Math.min(...data))), [0, 0, 4]);
  deepEqual(at3(data.indexOf(Math.max(...data))), [252, 255, 164]);
});

Deno.test("predict writes the numbers as NPY and safetensors", async () => {
  await using at = await predictFolder();
  const { own, whole } = await wanted(40, 30);
  await at.predictOk(...depthAnything, "wave.png", "--out=new/d.NPY");
  deepEqual(await readNpy(join(at.path, "new/d.NPY")), {
    data: whole.data,
    shape: [30, 40],
  });
  const { length } = await at.read("new/d.NPY");
  equal((length - 4 * 1200) % 64, 0, "values begin where numpy has them");

  await at.predictOk(...depthAnything, "wave.png", "--format=safetensors");
  const header = await readSafetensorsHeader(
    join(at.path, "wave.predictions.safetensors"),
  );
  deepEqual(tensorOf(header, "depth").shape, [own.height, own.width]);
  deepEqual(await readFloats(header, "depth"), own.data);
  const { sha256, ...words } = header.metadata;
  match(sha256!, /^[0-9a-f]{64}$/);
  deepEqual(words, {
    picture: "wave.png",
    model: "depth_anything_v2",
    width: "40",
    height: "30",
    depth: "depth: inverse depth without a unit, larger where nearer",
  });
});

Deno.test("predict takes the encoder of a run's file or folder, and ignores the rest", async () => {
  await using at = await predictFolder();
  const run = {
    dataset: { use: "imagenet", path: "not-here.tar" },
    encoder: { use: "depth-anything", model: "./my-model" },
    sparsifier: { use: "./not-here.ts" },
  };
  for (const file of ["config.json", "model.safetensors"]) {
    await at.write(
      `runs/a/my-model/${file}`,
      await Deno.readFile(join(model, file)),
    );
  }
  await at.write("runs/a/config.json", JSON.stringify(run));
  await at.write("runs/a/checkpoint/cfg.json", "{}");
  const args = ["wave.png", "--force"];
  const lines = [
    await at.predictOk("runs/a", ...args),
    await at.predictOk("runs/a/config.json", ...args),
    await at.predictOk("--encoder.model=runs/a/my-model", "runs/a", ...args),
  ].map((output) => output.split("\n")[0]);
  match(lines[0]!, /^my-model \(depth-anything, sha256 /);
  deepEqual(new Set(lines).size, 1);
});

Deno.test("predict takes the default encoder of a run, or says which ones predict", async () => {
  await using at = await predictFolder();
  const { encoder } = await runSchema.parseAsync({});
  const { code, output, errors } = await at.predict(["wave.png"]);
  if (encoder.use === "depth-nano") {
    equal(code, 0, errors);
    match(output, /^depth-nano \(sha256 [0-9a-f]{8}\)\n {2}depth {2}inverse/);
  } else match(errors, /^Cannot predict with encoder .*"depth-anything"/);
});

/** An encoder that predicts one of six classes, and features. */
const says = `
const hooks = [
  { name: "tokens", width: 4, layout: { specials: 0, grid: [2, 3] } },
  { name: "logits", width: 6, layout: { specials: 1, grid: [0, 0] } },
];
const data = { tokens: Float32Array.from({ length: 24 }, (_, i) => i), logits: Float32Array.of(0, 1, 2, 3, 4, -9) };
export default {
  apiVersion: 1,
  kind: "encoder",
  name: "says",
  description: "Says the same of all",
  options: { "~standard": { version: 1, vendor: "test", validate: (value) => ({ value }) } },
  create: () => ({
    hooks,
    defaultHook: "tokens",
    provenance: {},
    predictions: [
      { hook: "tokens", kind: "features", meaning: "tokens of another" },
      { hook: "logits", kind: "logits", meaning: "animals", labels: ["cat", "dog", "cow", "hen", "fox", "ant"] },
    ],
    encode: (images, names) => Promise.resolve(Object.fromEntries(names.map((name) => [name, { data: data[name], shape: [] }]))),
    memory: () => 0,
    close: () => Promise.resolve(),
  }),
};
`;

Deno.test("predict prints classes and shapes where there is no depth", async (t) => {
  await using at = await predictFolder();
  await at.write("says.js", says);
  const args = ["--encoder=./says.js", "wave.png"];
  await t.step("and writes nothing unless told to", async () => {
    const output = await at.predictOk(...args);
    equal(
      output.replace(/[\d.]+ s$/m, "0.1 s"),
      [
        "./says.js",
        "  tokens  tokens of another",
        "  logits  animals",
        "wave.png: 40×30, 0.1 s",
        "  tokens  features [6, 4]",
        "  0.636   fox",
        "  0.234   hen",
        "  0.086   cow",
        "  0.032   dog",
        "  0.012   cat",
        "",
        "next: deno task predict --encoder=./says.js wave.png --format=safetensors   (keeps the numbers)",
        "",
      ].join("\n"),
    );
    deepEqual(await at.names(), ["says.js", "wave.png"]);
  });
  await t.step("and writes everything where it is told to", async () => {
    await at.predictOk(...args, "--out=said");
    const header = await readSafetensorsHeader(
      join(at.path, "said/wave.predictions.safetensors"),
    );
    deepEqual(tensorOf(header, "tokens").shape, [6, 4]);
    deepEqual([...await readFloats(header, "logits")], [0, 1, 2, 3, 4, -9]);
  });
  await t.step("but no depth", async () => {
    equal(
      refused(await at.predict([...args, "--out=d.png"])),
      "Cannot write png: it holds depth, but the model predicts features and logits; write --format=safetensors, which holds everything",
    );
  });
});

Deno.test("predict --json prints an object for each picture", async () => {
  await using at = await predictFolder();
  const { code, output, errors } = await at.predict([
    ...depthAnything,
    ..."wave.png none.png --json".split(" "),
  ]);
  deepEqual([code, errors], [0, ""]);
  const [failed, done, ...more] = output.trimEnd().split("\n").map((line) =>
    JSON.parse(line)
  );
  const { whole: { data }, own } = await wanted(40, 30);
  const { seconds, sha256, clamped, ...rest } = done;
  ok(seconds > 0);
  ok(Number.isInteger(clamped) && clamped >= 0);
  match(sha256, /^[0-9a-f]{64}$/);
  deepEqual(rest, {
    picture: "wave.png",
    width: 40,
    height: 30,
    input: { width: own.width, height: own.height },
    predictions: [{
      hook: "depth",
      kind: "depth",
      meaning: "inverse depth without a unit, larger where nearer",
      inverse: true,
      shape: [own.height, own.width],
    }],
    min: Math.min(...data),
    max: Math.max(...data),
    file: "wave.depth.png",
  });
  deepEqual(failed, {
    picture: "none.png",
    error: 'Cannot read "none.png": there is no such file',
  });
  deepEqual(more, []);
});
