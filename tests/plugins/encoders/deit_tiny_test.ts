// deno-lint-ignore-file no-console
import { equal, ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { type Encoder, readFloats, type RgbImage } from "tessera";
import { vit } from "../../../plugins/encoders/vit.ts";
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
  equal(Object.keys(hooks).length, 4);
});

test("vit() agrees with PyTorch and Pillow on deit-tiny, given the JPEGs", async (encoder) => {
  const golden = await readGolden(model);
  const names: string[] = JSON.parse(golden.metadata.images!);
  const files = filesOf(await Deno.readFile(archive), names);
  const images = await Promise.all(files.map(decode));
  const hooks = await checkGolden(encoder, golden, images, 1e-3);
  ok("final_norm" in hooks);
});

/** Files of a tar, by name. */
function filesOf(tar: Uint8Array, names: readonly string[]): Uint8Array[] {
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
  return names.map((name) => found.get(name)!);
}

async function decode(file: Uint8Array): Promise<RgbImage> {
  const { data, info } = await sharp(file).toColourspace("srgb").removeAlpha()
    .raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}
