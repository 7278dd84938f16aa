/**
 * The pixels of each patch, whitened by a fixed formula: the baseline that
 * needs no weights.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { z } from "zod";
import {
  ConfigError,
  definePlugin,
  type Encoder,
  type Hook,
  type Plugin,
} from "../../../mod.ts";
import { chooseHooks } from "../network/choose_hooks.ts";
import { type Coefficient, coefficients, whitener } from "./whiten.ts";
import { resize } from "../pictures/resize.ts";

/** Options of {@linkcode patches}. */
export interface PatchesOptions {
  /** Side of the square that pictures are stretched to, in pixels. */
  readonly imageSize: number;
  /** Side of a patch in pixels; it divides `imageSize`. */
  readonly patchSize: number;
  /** How many coefficients of a patch are kept, lowest frequencies first. */
  readonly width: number;
}

/**
 * An encoder whose only hook, `pixels`, is each patch of the picture after a
 * fixed whitening: cosine coefficients in opponent colours, scaled so that each
 * varies about as much as the others in photographs. Nothing is fitted, so a
 * token is a function of its own patch alone, the same in every run and
 * dataset, and there are no statistics that could leak from one picture to another.
 *
 * @throws {ConfigError} When the sizes do not fit each other.
 */
export function patches(options: PatchesOptions): Encoder {
  const { imageSize, patchSize, width } = options;
  const whiten = whitener(patchSize, checked(options));
  const side = imageSize / patchSize, length = side * side * width;
  const hook: Hook = {
    name: "pixels",
    width,
    layout: { specials: 0, grid: [side, side] },
  };
  return {
    hooks: [hook],
    defaultHook: hook.name,
    provenance: { imageSize, patchSize, width, whitening: "dct 1" },
    async encode(images, names) {
      if (chooseHooks([hook], names).length === 0) return {};
      const data = new Float32Array(images.length * length);
      for (const [i, image] of images.entries()) {
        const square = resize(image, imageSize, imageSize, "bicubic");
        const tokens = data.subarray(i * length, (i + 1) * length);
        whiten(square, tokens);
        await setImmediate(); // lets other work run
      }
      return {
        [hook.name]: { data, shape: [images.length, side * side, width] },
      };
    },
    // Twice the tokens: those of the call before may not be collected yet.
    memory: (images) => garbage + 2 * 4 * images * length,
    close: () => Promise.resolve(),
  };
}

/** Bytes that resizing leaves behind until they are collected, as measured. */
const garbage = 44 * 2 ** 20;

/** The coefficients that are kept. */
function checked(
  { imageSize, patchSize, width }: PatchesOptions,
): readonly Coefficient[] {
  if (imageSize % patchSize !== 0) {
    throw new ConfigError(
      "encoder.patchSize",
      `Cannot cut pictures of ${imageSize} pixels into patches of ${patchSize}: give sizes that divide evenly`,
    );
  }
  const all = coefficients(patchSize);
  if (width > all.length) {
    throw new ConfigError(
      "encoder.width",
      `Cannot keep ${width} coefficients of a patch: ${patchSize}×${patchSize} pixels have ${all.length}`,
    );
  }
  return all.slice(0, width);
}

const size = z.int().positive();

/** The plugin. */
const plugin: Plugin<"encoder", PatchesOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "patches",
  description: "Whitened pixels of each patch: a baseline without weights",
  options: z.strictObject({
    imageSize: size.default(128).describe(
      "Side of the square that pictures are stretched to, in pixels",
    ),
    patchSize: size.default(8).describe(
      "Side of a patch in pixels; it divides imageSize",
    ),
    width: size.default(192).describe(
      "Coefficients kept of a patch, lowest frequencies first; at most 3 · patchSize²",
    ),
  }),
  create: patches,
});
export default plugin;
