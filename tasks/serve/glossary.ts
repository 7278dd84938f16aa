/**
 * The words on the pages, and what they mean.
 *
 * @module
 */
/** How a number is written. */
export type NumberKind = "share" | "number" | "count";

/** A word's name on the page and what it means. */
export interface Word {
  /** As it is written on the page. */
  readonly title: string;
  /** What it means, in a sentence or two. */
  readonly definition: string;
}

/** Words of runs and results. */
export const words: Readonly<Record<string, Word>> = {
  fvu: {
    title: "FVU",
    definition:
      "Fraction of variance unexplained: the squared error of the reconstruction over the variance of the activations. 0 is perfect, 1 is no better than guessing the mean",
  },
  l0: {
    title: "L0",
    definition: "How many latents fire on a token, on average, at inference",
  },
  targetL0: {
    title: "target L0",
    definition: "The L0 that the sparsifier was told to reach",
  },
  dead: {
    title: "dead",
    definition:
      "Share of latents that fired on none of the last training tokens, whose number stands beside it",
  },
  silent: {
    title: "silent",
    definition: "Share of latents that fire on none of the held-out tokens",
  },
  threshold: {
    title: "threshold",
    definition:
      "The value that a latent must exceed to fire at inference, calibrated to reach the target L0",
  },
  loss: {
    title: "loss",
    definition:
      "What training minimises: the reconstruction error, with tokens scaled to unit variance, plus the sparsifier's own terms",
  },
  lr: {
    title: "learning rate",
    definition: "The size of Adam's steps",
  },
  encoder: {
    title: "encoder",
    definition: "The vision transformer whose tokens the dictionary learns",
  },
  hook: {
    title: "hook",
    definition: "The place in the encoder where its activations are read",
  },
  dSae: {
    title: "latents",
    definition:
      "Size of the dictionary, d_sae: the number of its latents. Each is a direction, and activations are written as sums of a few of them",
  },
  tokens: {
    title: "tokens",
    definition:
      "A token is one patch of a picture on its way through the encoder. This is how many were trained on",
  },
  dataset: { title: "dataset", definition: "Where the pictures come from" },
  sparsifier: {
    title: "sparsifier",
    definition:
      "The kind of dictionary, and the rule that keeps few latents firing",
  },
  engine: { title: "engine", definition: "What does the arithmetic" },
  measured: {
    title: "measured on",
    definition:
      "Tokens of pictures that were not trained on; all results are measured on these, at inference",
  },
  trained: {
    title: "trained on",
    definition: "Tokens seen in training, repeats included",
  },
  skipped: {
    title: "skipped",
    definition: "Pictures that could not be decoded and were left out",
  },
  seed: { title: "seed", definition: "Determines every random number" },
  exemplar: {
    title: "exemplar",
    definition: "A picture that shows what a latent fires on",
  },
  byDirection: {
    title: "by direction",
    definition:
      "Latents whose decoder directions have the largest cosine with this one's: they stand for nearly the same",
  },
  byFiring: {
    title: "by firing",
    definition:
      "Latents that fire on the same tokens: the number of tokens shared over the geometric mean of both (Ochiai's coefficient, the cosine of the two sets)",
  },
  plane: {
    title: "map",
    definition:
      "Each point is a latent: its decoder direction, seen in the two directions along which the dictionary varies most (PCA)",
  },
  places: {
    title: "places",
    definition:
      "The sum of the latent's values at each patch of the grid, over all indexed pictures",
  },
};

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
      "Fraction of variance unexplained in this picture alone: squared error of its patches over their squared distance from their own mean",
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
      "The latent's values are multiplied by this where it fires: 0 removes it, 2 doubles it, −1 flips its sign",
  },
  ablate: {
    title: "ablate",
    definition: "The latent does not fire anywhere (zero ablation)",
  },
  keepError: {
    title: "keep what the dictionary misses",
    definition:
      "What the dictionary does not explain is added back, so that the difference shows the edit alone. Without it the model goes on with the reconstruction, and the difference also shows what the dictionary loses",
  },
  difference: {
    title: "difference",
    definition:
      "The edited prediction minus the clean one, at each place: blue is smaller than before, orange larger",
  },
  shift: {
    title: "shift",
    definition:
      "Length of the difference of the predicted features before and after the edit, at each place",
  },
};

const columns: Readonly<Record<string, Word & { kind: NumberKind }>> = {
  density: {
    title: "density",
    definition: "Share of the tokens on which the latent fires",
    kind: "share",
  },
  pictures: {
    title: "pictures",
    definition: "Share of the pictures in which the latent fires somewhere",
    kind: "share",
  },
  mean: {
    title: "mean",
    definition: "Mean of the latent's values on the tokens where it fires",
    kind: "number",
  },
  max: {
    title: "max",
    definition: "The largest value that the latent took",
    kind: "number",
  },
  spread: {
    title: "spread",
    definition:
      "How evenly the latent fires over the picture: the entropy of its places over that of an even map. 1 is evenly everywhere, 0 is a single patch",
    kind: "number",
  },
  purity: {
    title: "purity",
    definition:
      "Share of the latent's top pictures that carry their most common label. 1 means that all do",
    kind: "share",
  },
};

/** The words for a column of the index; an unknown one goes by its name. */
export function columnWords(name: string): Word & { kind: NumberKind } {
  return Object.hasOwn(columns, name) ? columns[name]! : {
    title: name,
    definition: "One number for each latent, from the index",
    kind: "number",
  };
}
