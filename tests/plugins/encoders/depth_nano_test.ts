import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { type Encoder, readFloats, readSafetensorsHeader } from "tessera";
import {
  firstScenes,
  fitPosition,
  mean,
  midRanks,
  predict,
  score,
  spearman,
} from "../../../fixtures/depth-nano/measure.ts";
import { depthAnything } from "../../../plugins/encoders/depth_anything/mod.ts";
import plugin, { depthNano } from "../../../plugins/encoders/depth_nano.ts";
import { checkPauses } from "./_check_pauses.ts";
import { goldenImages, here, worst } from "./_golden.ts";
import { using } from "./dinov2/_models.ts";

const folder = fileURLToPath(
  new URL("../../../fixtures/depth-nano", import.meta.url),
);
const golden = await readSafetensorsHeader(`${folder}/golden.safetensors`);

for (const size of [{ height: 128, width: 128 }, { height: 96, width: 160 }]) {
  const at = `${size.height}x${size.width}`;

  Deno.test(`depthNano() agrees with transformers at ${at}`, async () => {
    await using(depthNano({ size }, here), async (encoder) => {
      const images = await goldenImages(golden);
      const hooks = ["blocks.1.resid_post", "blocks.4.resid_post", "depth"];
      const seen = await encoder.encode(images, hooks);
      for (const hook of hooks) {
        const name = `${at} ${hook}`;
        const { data, shape } = seen[hook]!;
        const expected = await readFloats(golden, name);
        const some = everySeventh(data, shape);
        deepEqual(golden.tensors.get(name)!.shape, some.shape);
        ok(worst(some.data, expected) <= 1e-4, hook);
      }
    });
  });
}

/** The tokens that the golden file stores. */
function everySeventh(
  data: Float32Array,
  shape: readonly number[],
): { data: Float32Array; shape: number[] } {
  const [images, tokens, width] = shape as [number, number, number];
  const kept = Math.ceil(tokens / 7);
  const some = new Float32Array(images * kept * width);
  for (let row = 0; row < images * kept; row++) {
    const image = Math.floor(row / kept), token = row % kept * 7;
    const at = (image * tokens + token) * width;
    some.set(data.subarray(at, at + width), row * width);
  }
  return { data: some, shape: [images, kept, width] };
}

Deno.test("depthNano() sees depth in scenes it was not trained on", async () => {
  const examples = await Array.fromAsync(firstScenes("held_out", 16));
  const position = await fitPosition(firstScenes("train", 100));
  await using(depthNano({}, here), async (encoder) => {
    const depths = await predict(encoder, examples);
    const found = mean(examples.map((e, i) => score(e, depths[i]!)));
    const blind = [position.ranks, position.inverseDepths]
      .map((guess) => mean(examples.map((e) => score(e, guess))));
    ok(found >= 0.95, `${found}`);
    ok(found - Math.max(...blind) >= 0.2, `${found}, without seeing ${blind}`);
  });
});

Deno.test("depthNano() is the Depth Anything of its folder, read at a middle block", async () => {
  await using(depthNano({}, here), async (nano) => {
    equal(nano.defaultHook, "blocks.4.resid_post");
    const hook = nano.hooks.find(({ name }) => name === nano.defaultHook)!;
    equal(hook.width, 128);
    deepEqual(hook.layout, { specials: 1, grid: [16, 16] });
    const named = depthAnything({ model: folder, pos: "hf", version: 2 }, here);
    await using(named, (encoder: Encoder) => {
      deepEqual(encoder.provenance, nano.provenance);
      return Promise.resolve();
    });
  });
});

Deno.test("depthNano() takes pictures of other sizes, in whole patches", async () => {
  const size = { height: 64, width: 200 };
  await using(depthNano({ size, threads: 1 }, here), (encoder) => {
    const depth = encoder.hooks.find(({ name }) => name === "depth")!;
    deepEqual(depth.layout.grid, [64, 200]);
    return Promise.resolve();
  });
  await rejects(depthNano({ size: 100 }, here), /patches of 8/);
});

Deno.test("depthNano() goes on from a tap, whatever the number of pictures", async () => {
  const held = await Array.fromAsync(firstScenes("held_out", 4));
  const images = held.map(({ image }) => image);
  await using(depthNano({}, here), async (encoder) => {
    for (const count of [1, 3, 4]) {
      const at = ["blocks.4.resid_post", "feat.2"];
      const paused = await encoder.pause!(images.slice(0, count), at);
      const tap = { "feat.2": paused.activations["feat.2"]! };
      const { depth } = await paused.resume(tap);
      equal(depth!.shape[0], count);
    }
  });
});

// Its maps have enough channels for onnxruntime to compute them in blocks.
Deno.test("depthNano() goes on from each of its maps, bit by bit, and reading one changes nothing", async () => {
  const [held] = await Array.fromAsync(firstScenes("held_out", 1));
  await using(depthNano({ size: 64, threads: 1 }, here), async (encoder) => {
    const hooks = encoder.hooks.filter(({ name }) => !name.includes("blocks"));
    await checkPauses({ ...encoder, hooks }, [held!.image]);
    const { depth } = await encoder.encode([held!.image], ["depth"]);
    for (const { name } of hooks) {
      const read = await encoder.encode([held!.image], [name, "depth"]);
      deepEqual(read.depth, depth, name);
    }
  });
});

Deno.test("depthNano() has only its own options", async () => {
  const given = { model: "elsewhere" };
  const result = await plugin.options["~standard"].validate(given);
  match(result.issues![0]!.message, /model/);
});

Deno.test("spearman() gives equal values the mean of their ranks", () => {
  deepEqual([...midRanks([5, 1, 5, 3])], [2.5, 0, 2.5, 1]);
  equal(spearman([1, 2, 3], [10, 20, 90]), 1);
  equal(spearman([1, 2, 3], [3, 2, 1]), -1);
  equal(spearman([1, 2, 3], [7, 7, 7]), 0);
  // By hand: ranks 0 1 2 3 and 0.5 0.5 2 3.
  const expected = 4.5 / Math.sqrt(5 * 4.5);
  ok(Math.abs(spearman([1, 2, 3, 4], [1, 1, 2, 3]) - expected) < 1e-12);
});
