/**
 * How often each latent fires on pictures that were not trained on.
 *
 * @module
 */
import { type Plugin, type Probe, requireDictionary } from "tessera";
import { z } from "zod";

const options = z.strictObject({
  images: z.int().min(1).default(64).describe("At most this many pictures"),
});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/** The share of tokens on which each latent fires, and how many never do. */
export function myPlugin({ images }: MyPluginOptions): Probe {
  return {
    async run(input) {
      const { dataset, heldOut, encoder, hook } = input;
      const { engine, sparsifier, params } = requireDictionary(
        input,
        "how often latents fire",
      );
      const fired = new Float32Array(sparsifier.dSae);
      let tokens = 0;
      for (const index of heldOut.subarray(0, images)) {
        input.signal?.throwIfAborted();
        const { image } = await dataset.get(index);
        const { data, shape } = (await encoder.encode([image], [hook]))[hook]!;
        const [, rows, width] = shape as [number, number, number];
        const counts = await engine.tidy(async () => {
          const x = engine.tensor(data, [rows, width]);
          const codes = await sparsifier.encode(engine, params, x);
          return await engine.read(engine.count(codes));
        });
        counts.forEach((count, latent) => fired[latent]! += count);
        tokens += rows;
      }
      const density = fired.map((count) => count / Math.max(1, tokens));
      return {
        metrics: {
          l0: {
            value: density.reduce((sum, share) => sum + share, 0),
            meaning: "latents that fire on a token",
          },
          silent: {
            value: density.filter((share) => share === 0).length,
            meaning: `latents that fire on none of ${tokens} tokens`,
          },
        },
        perLatent: {
          density: {
            values: density,
            meaning: "share of the tokens on which it fires",
          },
        },
      };
    },
  };
}

const plugin: Plugin<"probe", MyPluginOptions> = {
  apiVersion: 1,
  kind: "probe",
  name: "my-plugin",
  description: "How often each latent fires",
  options,
  create: myPlugin,
};
export default plugin;
