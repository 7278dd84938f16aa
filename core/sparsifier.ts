/**
 * Dictionaries of latents, and how they are learned.
 *
 * @module
 */
import type { Codes } from "./codes.ts";
import type { Engine } from "./engine.ts";
import type { Random } from "./random.ts";
import type { HostTensor, HostTensors, Tensor, Tensors } from "./tensor.ts";

/** What fresh parameters are made from. */
export interface InitInput {
  /** Width of the activations. */
  readonly dModel: number;
  /** Some of the activations it will be trained on, scaled as in training: `[tokens, dModel]`. */
  readonly sample: HostTensor;
  /** Random numbers of the run's seed. */
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

/** What one training step gives. */
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
   * Scalars to average over the steps (bias-corrected exponential average).
   * The average fills the frozen parameter of the same name.
   */
  readonly running?: Tensors;
}

/**
 * A sparse dictionary: pure functions of its parameters.
 *
 * `encode`, `decode` and `loss` are written with the engine's operations, so
 * that gradients can be taken through them: an author writes none. Parameters
 * carry the field's names, each matrix with one row per latent: `W_enc` and
 * `W_dec` `[dSae, dModel]`, `b_enc` and `threshold` `[dSae]`, `b_dec` `[dModel]`.
 * A checkpoint stores `W_enc` transposed, as SAELens does.
 */
export interface Sparsifier {
  /** Number of latents. */
  readonly dSae: number;
  /** The L0 it aims at, when it has one: its `threshold`, where there is one too, is calibrated to it. */
  readonly targetL0?: number;
  /** Parameters whose rows have norm 1. */
  readonly unitRows?: readonly string[];
  /** Parameters that no gradient moves. */
  readonly frozen?: readonly string[];
  /** SAELens's name of the architecture, and what else its `cfg.json` needs. */
  readonly saelens: {
    readonly architecture: string;
    readonly [key: string]: unknown;
  };
  /** Fresh parameters. */
  init(input: InitInput): HostTensors;
  /** Activations `[rows, dModel]` → codes, as at inference. */
  encode(engine: Engine, params: Tensors, x: Tensor): Promise<Codes>;
  /** Codes → reconstruction `[rows, dModel]`. */
  decode(engine: Engine, params: Tensors, codes: Codes): Tensor;
  /** The training loss of one batch. */
  loss(engine: Engine, params: Tensors, batch: Batch): Promise<Loss>;
}

/**
 * A dictionary for activations as the encoder gives them: what
 * `loadCheckpoint` reads, with the scale of training folded in.
 */
export interface Dictionary {
  /** The maths. */
  readonly engine: Engine;
  /** How it encodes and decodes. */
  readonly sparsifier: Sparsifier;
  /** Its parameters, in `engine`. */
  readonly params: Tensors;
}
