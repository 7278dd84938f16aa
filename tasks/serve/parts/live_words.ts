/**
 * The words of the pages that run a model, and what they mean.
 *
 * @module
 */
import type { Word } from "./glossary.ts";

/** Words of pictures and of steering. */
export const liveWords: Readonly<Record<string, Word>> = {
  patch: {
    title: "patch",
    definition:
      "A square of the picture that the encoder takes as one token. A latent has one value for each",
  },
  patchError: {
    title: "reconstruction error",
    definition:
      "How far the dictionary's reconstruction of a patch is from what the encoder computed: the squared distance over the mean squared distance of this picture's patches from their mean. 0 is perfect; the mean over all patches is the FVU of this picture",
  },
  pictureFvu: {
    title: "FVU of this picture",
    definition:
      "Fraction of variance unexplained, of this picture alone: squared error of its patches over their squared distance from their own mean",
  },
  steer: {
    title: "steer",
    definition:
      "Stop the model where the dictionary reads it, change latents, and let it go on: its own prediction shows what the latents do",
  },
  set: {
    title: "set",
    definition:
      "The latent gets this value on every patch, whether it fires there or not",
  },
  scale: {
    title: "scale",
    definition:
      "The latent's values are multiplied by this where it fires: 0 takes it away, 2 doubles it, −1 turns it round",
  },
  ablate: {
    title: "ablate",
    definition: "The latent does not fire anywhere (zero ablation)",
  },
  keepError: {
    title: "keep what the dictionary misses",
    definition:
      "What the dictionary does not explain is added back, so that the difference shows the edit alone. Without it the model goes on with the reconstruction, and the difference shows what the dictionary loses, too",
  },
  difference: {
    title: "difference",
    definition:
      "The edited prediction less the clean one, at each place: blue is smaller than before, orange larger",
  },
  shift: {
    title: "shift",
    definition:
      "Length of the difference of the predicted features before and after the edit, at each place",
  },
};
