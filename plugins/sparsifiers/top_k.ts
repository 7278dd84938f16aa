/**
 * The TopK sparse autoencoder of Gao et al., 2024 (arXiv:2406.04093).
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
  k: z.int().min(1).default(32).describe("Latents kept for each token"),
  ...auxKOptions,
}).check(keptAreLatents);

/** Options of the TopK sparsifier. */
export type TopKOptions = z.infer<typeof options>;

/** A sparsifier that keeps each token's `k` largest activations, in training and at inference. */
export function topK(options: TopKOptions): Sparsifier {
  const { dSae, k } = options, selection = { keep: "top-k", k } as const;
  return {
    dSae,
    targetL0: k,
    unitRows: ["W_dec"],
    saelens: { architecture: "topk", k, rescale_acts_by_decoder_norm: false },
    init: (input) => initDictionary(options, input),
    encode: (engine, { W_enc, b_enc, b_dec }, x) =>
      engine.encode(
        x,
        { W_enc: W_enc!, b_enc: b_enc!, b_dec: b_dec! },
        selection,
      ),
    decode: (engine, { W_dec, b_dec }, codes) =>
      engine.decode(codes, W_dec!, b_dec!),
    loss: (engine, params, batch) =>
      topKLoss(engine, params, batch, selection, options),
  };
}

const plugin: Plugin<"sparsifier", TopKOptions> = definePlugin({
  apiVersion: 1,
  kind: "sparsifier",
  name: "top-k",
  description: "Keep each token's k largest latents (Gao et al., 2024)",
  options,
  create: topK,
});
export default plugin;
