/**
 * How often each latent fires on pictures that were not trained on.
 *
 * @module
 */
import {
  bootstrap,
  collect,
  findHook,
  inGroups,
  type Plugin,
  type PluginContext,
  type Probe,
  requireDictionary,
} from "tessera";
import { z } from "zod";

const options = z.strictObject({
  images: z.int().min(1).default(64).describe("At most this many pictures"),
});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/** The share of patches on which each latent fires, and how many latents fire on a patch. */
export function myPlugin(
  { images }: MyPluginOptions,
  { seed }: Pick<PluginContext, "seed">,
): Probe {
  return {
    async run(input) {
      const { dataset, heldOut, encoder, signal } = input;
      const { engine, sparsifier, params } = requireDictionary(
        input,
        "how often latents fire",
      );
      const hook = findHook(encoder, input.hook);
      const groups = inGroups(heldOut.subarray(0, images), 1);
      const fired = new Float64Array(sparsifier.dSae), l0: number[] = [];
      let patches = 0;
      // Pictures that cannot be decoded give no patches.
      for await (
        const { x: { data, shape } } of collect(dataset, encoder, groups, {
          hook,
          tokens: "patches",
        })
      ) {
        signal?.throwIfAborted();
        const rows = shape[0]!;
        if (rows === 0) continue;
        // What the engine makes in here is freed at the end.
        const counts = await engine.tidy(async () => {
          const x = engine.tensor(data, shape);
          const codes = await sparsifier.encode(engine, params, x);
          return await engine.read(engine.count(codes));
        });
        counts.forEach((count, latent) => fired[latent]! += count);
        l0.push(sum(counts) / rows);
        patches += rows;
      }
      return {
        metrics: {
          l0: {
            value: sum(l0) / l0.length,
            // Pictures are drawn again, not patches: those of one picture are alike.
            ...bootstrap(
              { clusters: l0.length, seed },
              (times) => sum(l0.map((x, i) => x * times[i]!)) / l0.length,
            ),
            meaning: "latents that fire on a patch",
          },
          silent: {
            value: fired.filter((count) => count === 0).length,
            meaning: `latents that fire on none of ${patches} patches`,
          },
        },
        // Columns of the latents' page.
        perLatent: {
          density: {
            values: Float32Array.from(fired, (count) => count / patches),
            meaning: "share of the patches on which it fires",
          },
        },
      };
    },
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
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
