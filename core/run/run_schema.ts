/**
 * The schema of a run's file: every key, its meaning and its default.
 *
 * @module
 */
import { z } from "zod";
import type { Kind } from "../plugin.ts";

/** The slots of a run, each for a kind of plugin, in the order data flows. */
export const slots = [
  "dataset",
  "encoder",
  "sparsifier",
  "engine",
] as const satisfies readonly Kind[];

/** A slot of a run, named after its kind of plugin. */
export type Slot = typeof slots[number];

/** What fills a slot: a plugin and its options. */
export interface SlotConfig {
  /** Name of a built-in, path of a file, or `npm:`, `jsr:` or `https:` specifier. */
  readonly use: string;
  /** The plugin's options. */
  readonly [option: string]: unknown;
}

/** A run with every default filled in, as in `runs/<name>/config.json`. */
export interface RunConfig {
  /** Seeds every random number. */
  readonly seed: number;
  /** Name of its folder under `runs/`. */
  readonly name?: string | undefined;
  /** Where the pictures come from. */
  readonly dataset: SlotConfig;
  /** The vision transformer whose tokens are learned. */
  readonly encoder: SlotConfig;
  /** Where the encoder is read. */
  readonly hook?: string | undefined;
  /** Which tokens are trained on. */
  readonly tokens: "patches" | "all" | "cls";
  /** Tokens on their way from encoder to sparsifier. */
  readonly buffer: BufferConfig;
  /** The dictionary that is trained. */
  readonly sparsifier: SlotConfig;
  /** How the sparsifier is trained. */
  readonly train: TrainConfig;
  /** What is measured on pictures not trained on. */
  readonly evaluate: {
    /** Pictures held out. */
    readonly images: number;
  };
  /** When the run is saved. */
  readonly checkpoint: {
    /** Steps between saves. */
    readonly every: number;
    /** Minutes after which it saves even if fewer steps have passed. */
    readonly minutes: number;
  };
  /** What is logged. */
  readonly log: {
    /** Steps between lines of `metrics.jsonl`. */
    readonly every: number;
  };
  /** The index of what shows each latent, made after training. It does not affect training, so a resumed run may change it. */
  readonly index: {
    /** Pictures looked at; 0 for no index. */
    readonly images: number;
  };
  /** Where the maths is done. */
  readonly engine: SlotConfig;
}

/** The token buffer of a run. */
export interface BufferConfig {
  /** Tokens held at once. */
  readonly tokens: number;
  /** Tokens in one training step. */
  readonly batch: number;
  /** Pictures encoded at once. */
  readonly images: number;
  /** How the tokens are held. */
  readonly dtype: "float32" | "bfloat16";
}

/** How a run trains its sparsifier. */
export interface TrainConfig {
  /** Tokens trained on in total. */
  readonly tokens: number;
  /** Adam's step size. */
  readonly lr?: number | undefined;
  /** Steps over which it rises from 0. */
  readonly warmup?: number | undefined;
  /** Last share of the run over which it falls to 0. */
  readonly decay: number;
  /** Adam's decay of the mean gradient. */
  readonly beta1: number;
  /** Adam's decay of the mean squared gradient. */
  readonly beta2: number;
  /** Added to the root of the mean squared gradient. */
  readonly epsilon: number;
  /** Largest norm of the gradient; null for none. */
  readonly clip: number | null;
  /** Tokens without firing after which a latent counts as dead. */
  readonly deadTokens?: number | undefined;
  /** Tokens looked at before training. */
  readonly sample: number;
  /** Whether tokens are scaled to a total variance of 1. */
  readonly normalize: boolean;
}

/** The schema of a slot: a plugin and, beside it, the plugin's options. */
function slot(use: string, meaning: string): z.ZodType<SlotConfig> {
  return z.looseObject(
    {
      use: z.string().min(1).default(use).describe(
        "Name of a built-in, path of a file, or npm:, jsr: or https: specifier",
      ),
    },
  ).prefault({}).describe(meaning);
}

const count: z.ZodInt = z.int().min(1);

/** The schema of a run's file, without the options of its plugins. */
export const runSchema: z.ZodType<RunConfig> = z.strictObject({
  seed: z.int().min(0).default(1).describe(
    "Decides every random number: same file, seed and machine, same bytes",
  ),
  name: z.string().regex(/^[^/\\]+$/, "must not hold slashes").optional()
    .describe(
      "Folder under runs/; when absent it is made from the plugins' names",
    ),
  dataset: slot("scenes", "Where the pictures come from"),
  encoder: slot(
    "depth-nano",
    "The vision transformer whose tokens are learned",
  ),
  hook: z.string().optional().describe(
    'Where the encoder is read, such as "blocks.11.resid_post"; when absent its own default',
  ),
  tokens: z.enum(["patches", "all", "cls"]).default("patches").describe(
    "Which tokens are trained on: the picture's patches; all, CLS and registers too; or cls, the CLS token alone",
  ),
  buffer: z.strictObject({
    tokens: count.default(32_768).describe(
      "Tokens held at once, to be shuffled: most of the memory a run takes",
    ),
    batch: count.default(2048).describe("Tokens in one training step"),
    images: count.default(16).describe("Pictures encoded at once"),
    dtype: z.enum(["float32", "bfloat16"]).default("float32").describe(
      "How the tokens are held: bfloat16 takes half the memory",
    ),
  }).prefault({}).describe("Tokens on their way from encoder to sparsifier"),
  sparsifier: slot("batch-top-k", "The dictionary that is trained"),
  train: z.strictObject({
    tokens: count.default(600_000).describe(
      "Tokens trained on in total, counting repeats",
    ),
    lr: z.number().positive().optional().describe(
      "Adam's step size; when absent 2e-4 / sqrt(dSae / 2^14)",
    ),
    warmup: z.int().min(0).optional().describe(
      "Steps over which lr rises from 0; when absent 1000 or a tenth of the run, whichever is less",
    ),
    decay: z.number().min(0).max(1).default(0.2).describe(
      "Last share of the run, over which lr falls linearly to 0",
    ),
    beta1: z.number().min(0).lt(1).default(0.9).describe(
      "Adam's decay of the mean gradient",
    ),
    beta2: z.number().min(0).lt(1).default(0.999).describe(
      "Adam's decay of the mean squared gradient",
    ),
    epsilon: z.number().positive().default(1e-8).describe(
      "Added to the root of the mean squared gradient",
    ),
    clip: z.number().positive().nullable().default(null).describe(
      "Largest norm of the gradient, to which longer ones are shortened; null for none",
    ),
    deadTokens: count.optional().describe(
      "Tokens without firing after which a latent counts as dead; when absent 10 million or 5 % of train.tokens, whichever is less",
    ),
    sample: count.default(16_384).describe(
      "Tokens sampled before training, for the scale and the initial dictionary",
    ),
    normalize: z.boolean().default(true).describe(
      "Scale tokens to a total variance of 1, so that the loss is an FVU; folded into the weights at save",
    ),
  }).prefault({}).describe("How the sparsifier is trained"),
  evaluate: z.strictObject({
    images: count.default(256).describe(
      "Pictures held out: not trained on, half to calibrate, half to measure",
    ),
  }).prefault({}).describe("What is measured on pictures not trained on"),
  checkpoint: z.strictObject({
    every: count.default(500).describe(
      "Steps between saves, from which a killed run resumes",
    ),
    minutes: z.number().positive().default(10).describe(
      "Minutes after which it saves even if fewer steps have passed",
    ),
  }).prefault({}).describe("When the run is saved"),
  log: z.strictObject({
    every: count.default(20).describe("Steps between lines of metrics.jsonl"),
  }).prefault({}).describe("What is logged"),
  index: z.strictObject({
    images: z.int().min(0).default(500).describe(
      "Pictures looked at after training, to find what shows each latent; 0 for no index",
    ),
  }).prefault({}).describe("What shows each latent"),
  engine: slot("cpu", "Where the maths is done"),
});
