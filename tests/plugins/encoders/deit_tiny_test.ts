// deno-lint-ignore-file no-console
import { deepEqual, equal, notDeepEqual, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { type Encoder, readFloats, type RgbImage } from "tessera";
import { vit } from "../../../plugins/encoders/vit/mod.ts";
import { checkGolden, here, readGolden, unnormalise } from "./_golden.ts";

const shared = fileURLToPath(new URL("../../../../shared", import.meta.url));
const model = `${shared}/models/deit-tiny-patch16-224`;
const archive = `${shared}/images/imagenet-sample-256.tar`;
const size = 224;

const missing = [model, archive].filter((path) => !exists(path));
if (missing.length > 0) {
  console.log(`Skipping deit-tiny: there is no ${missing.join(", no ")}`);
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function test(name: string, fn: (encoder: Encoder) => Promise<void>): void {
  Deno.test({
    name,
    ignore: missing.length > 0,
    fn: async () => {
      const encoder = await vit({ model }, here);
      await fn(encoder).finally(() => encoder.close());
    },
  });
}

test("vit() agrees with PyTorch on deit-tiny, given the pixels", async (encoder) => {
  const golden = await readGolden(model);
  const pixels = await readFloats(golden, "pixel_values");
  const length = 3 * size * size;
  const images = Array.from(
    { length: pixels.length / length },
    (_, i) =>
      unnormalise(
        pixels.subarray(i * length, (i + 1) * length),
        size,
        [0.485, 0.456, 0.406],
        [0.229, 0.224, 0.225],
      ),
  );
  const hooks = await checkGolden(encoder, golden, images, 1e-3);
  equal(Object.keys(hooks).length, 5);
});

test("vit() agrees with PyTorch and Pillow on deit-tiny, given the JPEGs", async (encoder) => {
  const golden = await readGolden(model);
  const names: string[] = JSON.parse(golden.metadata.images!);
  const files = filesOf(await Deno.readFile(archive));
  const images = await Promise.all(
    names.map((name) => decode(files.get(name)!)),
  );
  const hooks = await checkGolden(encoder, golden, images, 1e-3);
  ok("final_norm" in hooks && "logits" in hooks);
});

// transformers 4.57.3 with Pillow 11.3.0 classifies 81 of them rightly.
test("vit() classifies as many of 100 ImageNet pictures rightly as PyTorch", async (encoder) => {
  const files = [...filesOf(await Deno.readFile(archive))];
  // One picture of each class, which are numbered in the order of their ids.
  const byClass = files.filter(([name]) => name.endsWith(".jpg")).sort();
  equal(byClass.length, 1000);
  let right = 0;
  for (let first = 0; first < 1000; first += 200) {
    const classes = Array.from({ length: 20 }, (_, i) => first + 10 * i);
    const images = await Promise.all(
      classes.map((index) => decode(byClass[index]![1])),
    );
    const { logits } = await encoder.encode(images, ["logits"]);
    classes.forEach((index, i) => {
      const row = logits!.data.subarray(1000 * i, 1000 * (i + 1));
      if (row.indexOf(Math.max(...row)) === index) right++;
    });
  }
  ok(Math.abs(right - 81) <= 1, `${right} of 100`);
});

test("pause() of deit-tiny goes on to the same logits, bit by bit, and to others when edited", async (encoder) => {
  const files = [...filesOf(await Deno.readFile(archive)).values()];
  const images = await Promise.all(files.slice(0, 3).map(decode));
  const hook = "blocks.8.resid_post";
  const paused = await encoder.pause!(images, [hook]);
  const whole = await encoder.encode(images, ["logits"]);
  deepEqual(await paused.resume(), whole);
  const { data, shape } = paused.activations[hook]!;
  const zero = { data: new Float32Array(data.length), shape };
  const { logits } = await paused.resume({ [hook]: zero });
  // With its tokens zeroed, every picture gives the same logits.
  deepEqual(logits!.data.slice(0, 1000), logits!.data.slice(1000, 2000));
  notDeepEqual(logits, whole.logits);
});

/** Files of a tar, by name. */
function filesOf(tar: Uint8Array): Map<string, Uint8Array> {
  const text = (from: number, length: number) =>
    new TextDecoder().decode(tar.subarray(from, from + length))
      .split("\0")[0]!.trim();
  const found = new Map<string, Uint8Array>();
  for (let at = 0; at < tar.length && tar[at] !== 0;) {
    const name = text(at, 100).split("/").at(-1)!;
    const length = parseInt(text(at + 124, 12), 8);
    found.set(name, tar.subarray(at + 512, at + 512 + length));
    at += 512 + Math.ceil(length / 512) * 512;
  }
  return found;
}

async function decode(file: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(file).toColourspace("srgb").removeAlpha()
    .raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
