/**
 * A dictionary made sparse by a penalty on `tanh` of its activations.
 *
 * @module
 */
import type { Plugin, Sparsifier, Tensors } from "tessera";
import { z } from "zod";

const options = z.strictObject({
  dSae: z.int().min(1).default(512).describe("Number of latents"),
  penalty: z.number().min(0).default(0.001).describe(
    "Weight of the penalty: larger values leave fewer latents active",
  ),
});

/** Options of {@linkcode myPlugin}. */
export type MyPluginOptions = z.infer<typeof options>;

/**
 * Codes `ReLU((x − b_dec) · W_encᵀ + b_enc)`, trained with the loss
 * `‖x − x̂‖² / dModel + penalty · Σ tanh(codes)`, averaged over tokens. `tanh` is
 * flat for large values: unlike an L1 penalty, it does not shrink a latent that
 * fires strongly.
 */
export function myPlugin({ dSae, penalty }: MyPluginOptions): Sparsifier {
  const weights = (params: Tensors) => ({
    W_enc: params.W_enc!,
    b_enc: params.b_enc!,
    b_dec: params.b_dec!,
  });
  return {
    dSae,
    // Rows of W_dec keep length 1. Otherwise codes shrink to avoid the penalty and the decoder grows to compensate.
    unitRows: ["W_dec"],
    saelens: { architecture: "standard" },

    // Random directions of length 1; the encoder starts with the same ones.
    init({ dModel, random }) {
      const W_dec = new Float32Array(dSae * dModel);
      for (let latent = 0; latent < dSae; latent++) {
        const row = W_dec.subarray(latent * dModel, (latent + 1) * dModel);
        row.forEach((_, i) => row[i] = random.normal());
        const norm = Math.hypot(...row);
        row.forEach((value, i) => row[i] = value / norm);
      }
      return {
        W_enc: { data: W_dec.slice(), shape: [dSae, dModel] },
        b_enc: { data: new Float32Array(dSae), shape: [dSae] },
        W_dec: { data: W_dec, shape: [dSae, dModel] },
        b_dec: { data: new Float32Array(dModel), shape: [dModel] },
      };
    },

    encode: (engine, params, x) =>
      engine.encode(x, weights(params), { keep: "positive" }),

    decode: (engine, params, codes) =>
      engine.decode(codes, params.W_dec!, params.b_dec!),

    async loss(engine, params, { x }) {
      const keep = { keep: "positive" } as const;
      const codes = await engine.encode(x, weights(params), keep);
      const reconstruction = engine.decode(
        codes,
        params.W_dec!,
        params.b_dec!,
      );
      const difference = engine.sub(x, reconstruction);
      const squared = engine.sum(engine.mul(difference, difference));
      const [rows, dModel] = x.shape as [number, number];
      const error = engine.div(squared, engine.fill(rows * dModel, []));
      const soft = engine.sum(engine.tanh(codes.values));
      const active = engine.div(soft, engine.fill(rows, []));
      const cost = engine.mul(active, engine.fill(penalty, []));
      return {
        loss: engine.add(error, cost),
        codes,
        reconstruction,
        metrics: { error, active },
      };
    },
  };
}

const plugin: Plugin<"sparsifier", MyPluginOptions> = {
  apiVersion: 1,
  kind: "sparsifier",
  name: "my-plugin",
  description: "A dictionary made sparse by a tanh penalty",
  options,
  create: myPlugin,
};
export default plugin;
