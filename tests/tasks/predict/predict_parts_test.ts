/** Tests of parts of `deno task predict`. @module */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { type Encoder, ExampleError } from "tessera";
import { depthAnything as makeEncoder } from "../../../plugins/encoders/depth_anything/mod.ts";
import { fittedEncoder } from "../../../tasks/predict/encoder_for_picture.ts";
import { predictPicture } from "../../../tasks/predict/predict_picture.ts";
import { topClasses } from "../../../tasks/predict/predict_report.ts";
import { picture } from "../../conformance/encoder.ts";
import { model } from "./_predict_process.ts";

Deno.test("fittedEncoder() keeps what was made for pictures of one size, and closes all", async () => {
  const open = new Set<string>(), made: string[] = [];
  const fake = (name: string, fitted?: Encoder["fitted"]): Encoder => {
    open.add(name);
    made.push(name);
    return {
      close: () => Promise.resolve(open.delete(name)).then(() => {}),
      ...fitted && { fitted },
    } as Encoder;
  };
  const fitted = fittedEncoder(
    fake(
      "whole",
      ({ width, height }) => Promise.resolve(fake(`${width}×${height}`)),
    ),
  );
  for (const [width, height] of [[4, 3], [4, 3], [3, 4], [4, 3]] as const) {
    await fitted.at({ width, height });
    deepEqual([...open], ["whole", `${width}×${height}`]);
  }
  deepEqual(made, ["whole", "4×3", "3×4", "4×3"]);
  await fitted.close();
  deepEqual([...open], []);

  const plain = fake("plain");
  const same = fittedEncoder(plain);
  equal(await same.at({ width: 1, height: 1 }), plain);
  equal(await same.at({ width: 2, height: 1 }), plain);
  ok(open.has("plain"));
  await same.close();
  deepEqual([...open], []);
});

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

Deno.test("topClasses() gives the likeliest first, large logits too", () => {
  const said = (data: number[], labels?: string[]) => ({
    prediction: {
      hook: "logits",
      kind: "logits" as const,
      meaning: "",
      ...labels && { labels },
    },
    values: { data: Float32Array.from(data), shape: [data.length] },
  });
  deepEqual(topClasses(said([1000, 1000], ["a", "b"])), [
    { label: "a", probability: 0.5 },
    { label: "b", probability: 0.5 },
  ]);
  deepEqual(
    topClasses(said([-1000, 1000, -1000]), 1),
    [{ label: "class 1", probability: 1 }],
  );
});
