/**
 * Sparse activations of a dictionary: which latents fire on which token, and how strongly.
 *
 * @module
 */
import type { Tensor } from "./tensor.ts";

/**
 * A sparse `[rows, dSae]` matrix in host memory, in compressed-row form: the
 * entries of row `r` are `offsets[r] … offsets[r + 1] - 1`.
 */
export interface HostCodes {
  /** `[rows, dSae]` */
  readonly shape: readonly [rows: number, dSae: number];
  /** Where each row's entries start, `[rows + 1]`. */
  readonly offsets: Uint32Array;
  /** The latent of each entry, ascending within a row, `[entries]`. */
  readonly latents: Uint32Array;
  /** The activation of each entry, `[entries]`. */
  readonly values: Float32Array;
}

/** A sparse `[rows, dSae]` matrix that lives in an `Engine`. */
export interface Codes {
  /** `[rows, dSae]` */
  readonly shape: readonly [rows: number, dSae: number];
  /** The activations of the kept entries, `[entries]`: an ordinary tensor. */
  readonly values: Tensor;
}

/**
 * Which entries of `ReLU(pre-activation)` an encoder keeps. Only positive
 * entries are ever kept. Ties go to the lower row, then the lower latent.
 */
export type Selection =
  /** All positive entries. */
  | { readonly keep: "positive" }
  /** The `k` largest of each row, optionally among some latents only. */
  | {
    readonly keep: "top-k";
    readonly k: number;
    /** Latents that take part, ascending; all when absent. */
    readonly among?: Uint32Array;
  }
  /** The `k · rows` largest of the whole batch (BatchTopK, arXiv:2412.06410). */
  | { readonly keep: "batch-top-k"; readonly k: number }
  /** Those strictly above their latent's threshold, `[dSae]` (JumpReLU, arXiv:2407.14435). */
  | { readonly keep: "above"; readonly threshold: Tensor };
