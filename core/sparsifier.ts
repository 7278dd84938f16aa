/**
 * Sparsifiers: dictionaries of latents, and how they are learned.
 *
 * @module
 */
import type { Codes } from "./codes.ts";
import type { Engine } from "./engine.ts";
import type { Random } from "./random.ts";
import type { HostTensor, HostTensors, Tensor, Tensors } from "./tensor.ts";

/** What initial parameters are made from. */
export interface InitInput {
  /** Width of the activations. */
  readonly dModel: number;
  /** A sample of the training activations, scaled as in training: `[tokens, dModel]`. */
  readonly sample: HostTensor;
  /** Random numbers from the run's seed. */
  readonly random: Random;
}

/** What one training step sees. */
export interface Batch {
  /** Activations, `[rows, dModel]`. */
  readonly x: Tensor;
  /** Latents that have not fired for a window of tokens, ascending. */
  readonly dead: Uint32Array;
  /** How many steps were taken before this one. */
  readonly step: number;
  /** How many steps the run has. */
  readonly steps: number;
}

/** What one training step computes. */
export interface Loss {
  /** The scalar to minimise. */
  readonly loss: Tensor;
  /** The codes of the batch. */
  readonly codes: Codes;
  /** The reconstruction of the batch, `[rows, dModel]`. */
  readonly reconstruction: Tensor;
  /** Parts of the loss, for the log: scalars by name. */
  readonly metrics: Tensors;
  /**
   * Scalars to average over the steps, exponentially and bias-corrected. Each
   * average fills the frozen parameter of the same name.
   */
  readonly running?: Tensors;
}

/**
 * A sparse dictionary: pure functions of its parameters.
 *
 * `encode`, `decode` and `loss` are written with the engine's operations, which
 * can be differentiated: its author writes no gradients. Parameters
 * carry the field's names, each matrix with one row per latent: `W_enc` and
 * `W_dec` `[dSae, dModel]`, `b_enc` and `threshold` `[dSae]`, `b_dec` `[dModel]`.
 * A checkpoint stores `W_enc` transposed, as SAELens does.
 */
export interface Sparsifier {
  /** Number of latents. */
  readonly dSae: number;
  /** The target L0, if any; a `threshold` is calibrated to it. */
  readonly targetL0?: number;
  /** Parameters whose rows have norm 1. */
  readonly unitRows?: readonly string[];
  /** Parameters that are not trained by gradients. */
  readonly frozen?: readonly string[];
  /** SAELens's name for the architecture, and whatever else its `cfg.json` needs. */
  readonly saelens: {
    readonly architecture: string;
    readonly [key: string]: unknown;
  };
  /** Initial parameters. */
  init(input: InitInput): HostTensors;
  /** Activations `[rows, dModel]` → codes, as at inference. */
  encode(engine: Engine, params: Tensors, x: Tensor): Promise<Codes>;
  /** Codes → reconstruction `[rows, dModel]`. */
  decode(engine: Engine, params: Tensors, codes: Codes): Tensor;
  /** The training loss of one batch. */
  loss(engine: Engine, params: Tensors, batch: Batch): Promise<Loss>;
}

/**
 * A trained dictionary for unscaled activations, as `loadCheckpoint` reads it:
 * the scale of training is folded in.
 */
export interface Dictionary {
  /** Where its maths is done. */
  readonly engine: Engine;
  /** How it encodes and decodes. */
  readonly sparsifier: Sparsifier;
  /** Its parameters, in `engine`. */
  readonly params: Tensors;
}
