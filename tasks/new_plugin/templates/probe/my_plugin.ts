/**
 * How often each latent fires on pictures that were not trained on.
 *
 * @module
 */
import {
  collect,
  findHook,
  inGroups,
  type Plugin,
  type PluginContext,
  type Probe,
  quantity,
  ratioOfSums,
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
      const hook = findHook(encoder, input.hook), tokens = "patches";
      const fired = new Float64Array(sparsifier.dSae);
      // Of each picture: how many patches it has, and how many latents fire on them.
      const patches: number[] = [], firings: number[] = [];
      const groups = inGroups(heldOut.subarray(0, images), 1);
      for await (
        const { x } of collect(dataset, encoder, groups, { hook, tokens })
      ) {
        signal?.throwIfAborted();
        // A picture that cannot be decoded gives no patches.
        if (x.shape[0] === 0) continue;
        // tidy() frees what the engine makes in here.
        const counts = await engine.tidy(async () => {
          const tensor = engine.tensor(x.data, x.shape);
          const codes = await sparsifier.encode(engine, params, tensor);
          return await engine.read(engine.count(codes));
        });
        counts.forEach((count, latent) => fired[latent]! += count);
        firings.push(sum(counts));
        patches.push(x.shape[0]!);
      }
      // Patches of one picture are alike, so the interval comes from drawing pictures.
      const clusters = patches.map((_, picture) => picture);
      const l0 = ratioOfSums(firings, patches, { clusters, seed });
      const all = sum(patches);
      const silent = fired.filter((count) => count === 0).length;
      return {
        metrics: {
          ...quantity("l0", l0, "latents that fire on a patch"),
          ...quantity("silent", silent, "latents that fire on no patch"),
          ...quantity("patches", all, "patches that were measured"),
        },
        // Columns of the latents' page.
        perLatent: {
          density: {
            values: Float32Array.from(fired, (count) => count / all),
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
