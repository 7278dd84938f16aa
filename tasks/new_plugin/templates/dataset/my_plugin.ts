/**
 * Pictures of stripes at every angle.
 *
 * @module
 */
import type { Dataset, Plugin } from "tessera";
import { z } from "zod";

const options = z.strictObject({
  length: z.int().min(1).default(1024).describe("How many pictures"),
  size: z.int().min(8).default(64).describe("Their width and height in pixels"),
});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/** Sine-wave stripes, labelled with their angle in degrees and their width in pixels. */
export function myPlugin({ length, size }: MyPluginOptions): Dataset {
  return {
    length,
    get(index) {
      if (!Number.isInteger(index) || index < 0 || index >= length) {
        const message = `Cannot get example ${index}: there are ${length}`;
        return Promise.reject(new RangeError(message));
      }
      // Multiples of the golden ratio spread angles evenly, whatever the length.
      const angle = (index * 0.6180339887 % 1) * 180;
      const width = 4 + index % 13;
      const data = stripes(size, angle * Math.PI / 180, width);
      return Promise.resolve({
        id: `stripes-${index}`,
        image: { data, width: size, height: size },
        labels: { angle, width },
      });
    },
  };
}

/** Grey stripes as RGB, row by row: `[size, size, 3]`. `angle` is in radians. */
function stripes(size: number, angle: number, width: number): Uint8Array {
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const across = x * Math.cos(angle) + y * Math.sin(angle);
      const grey = 128 + 127 * Math.sin(Math.PI * across / width);
      data.fill(grey, (y * size + x) * 3, (y * size + x + 1) * 3);
    }
  }
  return data;
}

const plugin: Plugin<"dataset", MyPluginOptions> = {
  apiVersion: 1,
  kind: "dataset",
  name: "my-plugin",
  description: "Pictures of stripes at every angle",
  options,
  create: myPlugin,
};
export default plugin;
