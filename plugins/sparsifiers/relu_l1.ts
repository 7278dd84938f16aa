/**
 * The ReLU sparse autoencoder with an L1 penalty, from Bricken et al., 2023
 * (Towards Monosemanticity).
 *
 * @module
 */
import { z } from "zod";
import { definePlugin, type Plugin, type Sparsifier } from "../../mod.ts";
import {
  dictionaryOptions,
  initDictionary,
} from "./dictionary/init_dictionary.ts";

const options = z.strictObject({
  ...dictionaryOptions,
  lambda: z.number().min(0).default(0.1)
    .describe("Weight of the L1 norm of a token's latents"),
  lambdaWarmup: z.number().min(0).max(1).default(0.05)
    .describe("Share of the run over which lambda rises from 0"),
});

/** Options of the ReLU-L1 sparsifier. */
export type ReluL1Options = z.infer<typeof options>;

/**
 * `f(x) = ReLU(W_enc (x − b_dec) + b_enc)`, `x̂ = W_dec f + b_dec`, trained on
 * the mean of `‖x − x̂‖² + λ‖f‖₁`. The rows of `W_dec` have norm 1: otherwise
 * small latents with large directions would evade the penalty.
 */
export function reluL1(options: ReluL1Options): Sparsifier {
  const { dSae, lambda, lambdaWarmup } = options;
  return {
    dSae,
    unitRows: ["W_dec"],
    saelens: { architecture: "standard" },
    init: (input) => initDictionary(options, input),
    encode: (engine, { W_enc, b_enc, b_dec }, x) =>
      engine.encode(
        x,
        { W_enc: W_enc!, b_enc: b_enc!, b_dec: b_dec! },
        { keep: "positive" },
      ),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    async loss(engine, params, { x, step, steps }) {
      const codes = await this.encode(engine, params, x);
      const reconstruction = this.decode(engine, params, codes);
      const error = engine.sub(x, reconstruction);
      const perToken = engine.fill(1 / x.shape[0]!, []);
      const rising = Math.min(1, (step + 1) / (lambdaWarmup * steps || 1));
      const main = engine.mul(engine.sum(engine.mul(error, error)), perToken);
      // Codes are never negative, so their sum is their L1 norm.
      const l1 = engine.mul(engine.sum(codes.values), perToken);
      const penalty = engine.mul(l1, engine.fill(lambda * rising, []));
      return {
        loss: engine.add(main, penalty),
        codes,
        reconstruction,
        metrics: { l1 },
      };
    },
  };
}

const plugin: Plugin<"sparsifier", ReluL1Options> = definePlugin({
  apiVersion: 1,
  kind: "sparsifier",
  name: "relu-l1",
  description: "ReLU latents with an L1 penalty (Bricken et al., 2023)",
  options,
  create: reluL1,
});
export default plugin;
