/**
 * Reads activations made by the original code, and compares others with them.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  type Encoder,
  readFloats,
  readSafetensorsHeader,
  readTensorBytes,
  type RgbImage,
  type SafetensorsHeader,
} from "tessera";

/** The path of a golden model's folder. */
export function goldenFolder(name: string): string {
  const url = new URL(`../../../fixtures/golden/${name}`, import.meta.url);
  return fileURLToPath(url);
}

/** The base of relative paths in tests. */
export const here = { base: new URL("./", import.meta.url) };

/** Opens `golden.safetensors` of a folder, or another such file. */
export function readGolden(
  folder: string,
  file = "golden",
): Promise<SafetensorsHeader> {
  return readSafetensorsHeader(`${folder}/${file}.safetensors`);
}

/** The pictures `image.0`, `image.1` … of a golden file. */
export async function goldenImages(
  golden: SafetensorsHeader,
): Promise<RgbImage[]> {
  const names = [...golden.tensors.keys()].filter((name) =>
    name.startsWith("image.")
  );
  return await Promise.all(
    names.sort().map(async (name) => {
      const [height, width] = golden.tensors.get(name)!.shape;
      const data = await readTensorBytes(golden, name);
      return { data, width: width!, height: height! };
    }),
  );
}

/** The largest difference, in standard deviations of the expected values. */
export function worst(actual: Float32Array, expected: Float32Array): number {
  let difference = 0, sum = 0, squares = 0;
  for (const [i, value] of expected.entries()) {
    difference = Math.max(difference, Math.abs(actual[i]! - value));
    // The maximum would pass over a NaN.
    if (Number.isNaN(actual[i])) return Infinity;
    sum += value;
    squares += value * value;
  }
  const mean = sum / expected.length;
  return difference / Math.sqrt(squares / expected.length - mean * mean);
}

/** Fails unless `encoder` computes what is stored for `images`, at every hook stored. */
export async function checkGolden(
  encoder: Encoder,
  golden: SafetensorsHeader,
  images: readonly RgbImage[],
  tolerance: number,
): Promise<Record<string, number>> {
  const stored = encoder.hooks.map(({ name }) => name)
    .filter((name) => golden.tensors.has(name));
  const activations = await encoder.encode(images, stored);
  const differences: Record<string, number> = {};
  for (const hook of stored) {
    const expected = await readFloats(golden, hook);
    const difference = worst(activations[hook]!.data, expected);
    ok(
      difference <= tolerance,
      `${hook} differs by ${difference} standard deviations`,
    );
    differences[hook] = difference;
  }
  return differences;
}

/** The 8-bit picture that `pixels`, `[3, size, size]`, were normalised from. */
export function unnormalise(
  pixels: Float32Array,
  size: number,
  mean: readonly number[],
  std: readonly number[],
): RgbImage {
  const data = Uint8Array.from({ length: pixels.length }, (_, i) => {
    const colour = i % 3, at = (i - colour) / 3;
    const value = pixels[colour * size * size + at]!;
    return Math.round((value * std[colour]! + mean[colour]!) * 255);
  });
  return { data, width: size, height: size };
}
