/** Tests of {@linkcode predictPicture}. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Encoder, ExampleError } from "tessera";
import { depthAnything as makeEncoder } from "../../../plugins/encoders/depth_anything/mod.ts";
import { predictPicture } from "../../../tasks/predict/predict_picture.ts";
import { picture } from "../../conformance/encoder.ts";
import { goldenFolder } from "../../plugins/encoders/_golden.ts";
import { model } from "./_predict_process.ts";

Deno.test("predictPicture() refuses a picture that takes more memory than there is", async () => {
  const base = new URL("file:///");
  const encoder = await makeEncoder({ model, pos: "hf" }, { base });
  try {
    await rejects(
      predictPicture("a.png", picture(8, 8), encoder, 1000),
      (error) => {
        ok(error instanceof ExampleError);
        match(
          error.message,
          /^Cannot predict "a\.png": at 8×8 pixels the model takes 0\.\d GiB of memory, there are 0\.0; cut the picture into parts$/,
        );
        return true;
      },
    );
  } finally {
    await encoder.close();
  }
});

Deno.test("predictPicture() lays depth over the whole picture, or not at all", async () => {
  const base = new URL("file:///");
  const encoder = await makeEncoder({ model }, { base });
  const square = picture(24, 24), memory = Infinity;
  const middle = { left: 2, top: 2, width: 20, height: 20 };
  try {
    const { depth } = await predictPicture("a.png", square, encoder, memory);
    deepEqual([depth!.width, depth!.height], [24, 24]);
    // A crop of 20 from 24 pixels: the model's input has the picture's shape.
    const cropped = { ...encoder, view: () => middle };
    await rejects(
      predictPicture("a.png", square, cropped, memory),
      /^ExampleError: Cannot lay depth over "a\.png": the model sees only the middle of it \(resize .*\); write --encoder\.fit=stretch$/,
    );
  } finally {
    await encoder.close();
  }
});

Deno.test("predictPicture() keeps depth within the network's range when it resizes, and counts it", async () => {
  // An edge between the two ends of the range, at which a bicubic filter overshoots.
  const grid = [2, 4] as const, values = [0, 0, 20, 20, 0, 0, 20, 20];
  const encoder = (range?: readonly [number, number]): Encoder => ({
    hooks: [{ name: "depth", width: 1, layout: { specials: 0, grid } }],
    defaultHook: "depth",
    provenance: {},
    predictions: [{
      hook: "depth",
      kind: "depth",
      meaning: "metres",
      ...range && { range },
    }],
    encode: () =>
      Promise.resolve({
        depth: { data: Float32Array.from(values), shape: [1, 8, 1] },
      }),
    memory: () => 0,
    close: () => Promise.resolve(),
  });
  const at = async (range?: readonly [number, number]) => {
    const large = picture(40, 20);
    return (await predictPicture("a.png", large, encoder(range), Infinity))
      .depth!;
  };
  const free = await at();
  ok(free.min < -0.5 && free.max > 20.5, `${free.min} to ${free.max}`);
  equal(free.clamped, 0);
  const kept = await at([0, 20]);
  deepEqual([kept.min, kept.max], [0, 20]);
  const outside = free.data.filter((value) => value < 0 || value > 20);
  equal(kept.clamped, outside.length);
  deepEqual(
    kept.data.filter((_, i) => free.data[i]! > 0 && free.data[i]! < 20),
    free.data.filter((value) => value > 0 && value < 20),
  );
});

Deno.test("Depth Anything says the range of its depth", async () => {
  const base = new URL("file:///");
  const rangeOf = async (name: string) => {
    const encoder = await makeEncoder(
      { model: goldenFolder(name), pos: "hf" },
      { base },
    );
    await encoder.close();
    return encoder.predictions![0]!.range;
  };
  deepEqual(await rangeOf("depth_anything_v2"), [0, Infinity]);
  const metric = await Deno.readTextFile(
    `${goldenFolder("depth_anything_metric")}/config.json`,
  );
  deepEqual(await rangeOf("depth_anything_metric"), [
    0,
    JSON.parse(metric).max_depth,
  ]);
});
