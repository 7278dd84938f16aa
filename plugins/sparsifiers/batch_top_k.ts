/**
 * The BatchTopK sparse autoencoder of Bussmann et al., 2024 (arXiv:2412.06410).
 *
 * @module
 */
import { z } from "zod";
import { definePlugin, type Plugin, type Sparsifier } from "../../mod.ts";
import {
  dictionaryOptions,
  initDictionary,
} from "./dictionary/init_dictionary.ts";
import {
  auxKOptions,
  keptAreLatents,
  topKLoss,
} from "./dictionary/top_k_loss.ts";

const options = z.strictObject({
  ...dictionaryOptions,
  k: z.number().gt(0).default(32)
    .describe("Latents kept per token, on average over a batch"),
  ...auxKOptions,
}).check(keptAreLatents);

/** Options of the BatchTopK sparsifier. */
export type BatchTopKOptions = z.infer<typeof options>;

/**
 * A sparsifier that keeps the `k · rows` largest activations of a batch, so
 * that a token may have more or fewer than `k`. At inference, where a token
 * must not depend on its batch, it keeps what exceeds `threshold` `[dSae]`: a
 * running average of the smallest activation kept in training, until
 * calibration sets it so that `k` are kept on average.
 */
export function batchTopK(options: BatchTopKOptions): Sparsifier {
  const { dSae, k } = options;
  return {
    dSae,
    targetL0: k,
    unitRows: ["W_dec"],
    frozen: ["threshold"],
    saelens: { architecture: "jumprelu" },
    init: (input) => ({
      ...initDictionary(options, input),
      threshold: { data: new Float32Array(dSae), shape: [dSae] },
    }),
    encode: (engine, { W_enc, b_enc, b_dec, threshold }, x) =>
      engine.encode(
        x,
        { W_enc: W_enc!, b_enc: b_enc!, b_dec: b_dec! },
        { keep: "above", threshold: threshold! },
      ),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    async loss(engine, params, batch) {
      const selection = { keep: "batch-top-k", k } as const;
      const loss = await topKLoss(engine, params, batch, selection, options);
      return { ...loss, running: { threshold: engine.min(loss.codes.values) } };
    },
  };
}

const plugin: Plugin<"sparsifier", BatchTopKOptions> = definePlugin({
  apiVersion: 1,
  kind: "sparsifier",
  name: "batch-top-k",
  description:
    "Keep the k largest latents per token, on average over the batch (Bussmann et al., 2024)",
  options,
  create: batchTopK,
});
export default plugin;
