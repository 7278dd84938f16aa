/** Tests of {@linkcode predictPicture}. @module */
import { deepEqual, match, ok, rejects } from "node:assert/strict";
import { ExampleError } from "tessera";
import { depthAnything as makeEncoder } from "../../../plugins/encoders/depth_anything/mod.ts";
import { predictPicture } from "../../../tasks/predict/predict_picture.ts";
import { picture } from "../../conformance/encoder.ts";
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
