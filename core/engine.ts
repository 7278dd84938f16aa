/**
 * Engines: the small closed set of operations that sparsifiers are written in.
 *
 * @module
 */
import type { Codes, HostCodes, Selection } from "./codes.ts";
import type { Shape, Tensor } from "./tensor.ts";

/** The weights of {@linkcode Engine.encode}. */
export interface EncoderWeights {
  /** One row per latent, `[dSae, dModel]`: the transpose of what a checkpoint stores. */
  readonly W_enc: Tensor;
  /** Added to the pre-activations, `[dSae]`. */
  readonly b_enc?: Tensor;
  /** Subtracted from the input first, `[dModel]`. */
  readonly b_dec?: Tensor;
}

/** Options for {@linkcode Engine.matmul}. */
export interface MatmulOptions {
  /** Read `a` as its transpose. */
  readonly transposeA?: boolean;
  /** Read `b` as its transpose. */
  readonly transposeB?: boolean;
}

/** Options for {@linkcode Engine.decode}. */
export interface DecodeOptions {
  /** Use only latents below this number: a Matryoshka prefix. */
  readonly prefix?: number;
}

/** One step of Adam (arXiv:1412.6980) on one parameter. */
export interface AdamStep {
  /** Running mean of the gradient, updated in place; shaped as the parameter. */
  readonly m: Tensor;
  /** Running mean of its square, updated in place; shaped as the parameter. */
  readonly v: Tensor;
  /** How many steps have been taken, including this one: 1 at first. */
  readonly step: number;
  /** Step size. */
  readonly lr: number;
  /** Decay of `m`. */
  readonly beta1: number;
  /** Decay of `v`. */
  readonly beta2: number;
  /** Added to the root of `v`. */
  readonly epsilon: number;
  /** Multiplies the gradient: below 1 when it is clipped. */
  readonly gradScale?: number;
  /**
   * Whether the rows keep norm 1: the part of the gradient along each row is
   * removed before the step, and each row is divided by its norm after it.
   */
  readonly unitRows?: boolean;
}

/** Sizes that decide the memory of a training step. */
export interface MemorySize {
  /** Width of the activations. */
  readonly dModel: number;
  /** Number of latents. */
  readonly dSae: number;
  /** Tokens in a batch. */
  readonly rows: number;
  /** Entries that a batch keeps. */
  readonly entries: number;
}

/**
 * Holds arrays and computes with them.
 *
 * Dense products (`encode`, `matmul`) return promises, since an engine may run
 * them elsewhere; everything else is immediate. The operations
 * are closed under differentiation: `core/train/grad.ts` writes the gradient of
 * each with the others. Elementwise operations broadcast a scalar
 * `[]` or `[1]`, a row `[n]` or `[1, n]`, or a column `[m, 1]` against `[m, n]`.
 */
export interface Engine {
  /** Its name, as shown in reports: `"cpu"`. */
  readonly name: string;

  /**
   * Copies host values into a new tensor.
   *
   * @throws {RangeError} When `data` does not fill `shape`.
   */
  tensor(data: Float32Array, shape: Shape): Tensor;
  /** A new tensor filled with one value. */
  fill(value: number, shape: Shape): Tensor;
  /** The same values in another shape of equal size. */
  reshape(x: Tensor, shape: Shape): Tensor;
  /** Copies a tensor to the host. */
  read(x: Tensor): Promise<Float32Array>;
  /** Copies host codes into the engine. */
  codes(codes: HostCodes): Codes;
  /** Copies codes to the host. */
  readCodes(codes: Codes): Promise<HostCodes>;

  /**
   * `select(ReLU((x − b_dec) · W_encᵀ + b_enc))`: the only dense product of a
   * training step. `x` is `[rows, dModel]`. The gradient reaches `x` and the
   * weights through the kept entries only.
   */
  encode(
    x: Tensor,
    weights: EncoderWeights,
    selection: Selection,
  ): Promise<Codes>;
  /** `[m, k] × [k, n]` → `[m, n]`. */
  matmul(a: Tensor, b: Tensor, options?: MatmulOptions): Promise<Tensor>;

  /** `codes · W_dec + b_dec`: `[rows, dSae] × [dSae, dModel]` → `[rows, dModel]`. */
  decode(
    codes: Codes,
    W_dec: Tensor,
    b_dec?: Tensor,
    options?: DecodeOptions,
  ): Tensor;
  /** At each kept entry, `x[row] · W[latent]`: `[entries]`, for `x` `[rows, dModel]` and `W` `[dSae, dModel]`. */
  dots(codes: Codes, x: Tensor, W: Tensor): Tensor;
  /** `codesᵀ · x`: `[dSae, rows] × [rows, dModel]` → `[dSae, dModel]`. */
  outer(codes: Codes, x: Tensor): Tensor;
  /** The same entries with other values, `[entries]`. */
  withValues(codes: Codes, values: Tensor): Codes;
  /** A per-latent vector `[dSae]` at each kept entry: `[entries]`. */
  take(x: Tensor, codes: Codes): Tensor;
  /** The sum of each latent's entries: `[dSae]`. */
  sumByLatent(codes: Codes): Tensor;
  /** The sum of each row's entries: `[rows]`. */
  sumByRow(codes: Codes): Tensor;
  /** How many rows kept each latent: `[dSae]`. Has no gradient. */
  count(codes: Codes): Tensor;

  /** `a + b` */
  add(a: Tensor, b: Tensor): Tensor;
  /** `a − b` */
  sub(a: Tensor, b: Tensor): Tensor;
  /** `a · b`, entry by entry */
  mul(a: Tensor, b: Tensor): Tensor;
  /** `a / b`, entry by entry */
  div(a: Tensor, b: Tensor): Tensor;
  /** 1 where `a > b`, else 0. Has no gradient. */
  greater(a: Tensor, b: Tensor): Tensor;
  /** `max(x, 0)` */
  relu(x: Tensor): Tensor;
  /** `eˣ` */
  exp(x: Tensor): Tensor;
  /** The natural logarithm. */
  log(x: Tensor): Tensor;
  /** `√x` */
  sqrt(x: Tensor): Tensor;
  /** The hyperbolic tangent. */
  tanh(x: Tensor): Tensor;
  /** `|x|` */
  abs(x: Tensor): Tensor;
  /** The sum over an axis of a matrix, kept with length 1, or over everything: `[]`. */
  sum(x: Tensor, axis?: 0 | 1): Tensor;
  /** The smallest value, `[]`; `Infinity` when there is none. Has no gradient. */
  min(x: Tensor): Tensor;
  /** `x`, but no gradient passes through it. */
  detach(x: Tensor): Tensor;

  /** Copies the values of `from` over those of `to`, of equal size, in place. */
  assign(to: Tensor, from: Tensor): void;
  /** Takes one step of Adam: `param`, `m` and `v` change in place. */
  adam(param: Tensor, grad: Tensor, step: AdamStep): void;

  /**
   * Runs `body` and frees every tensor made in it except those returned, alone
   * or as values of an object. One body runs at a time; bodies can be nested.
   */
  tidy<T>(body: () => T | Promise<T>): Promise<T>;
  /**
   * Most bytes that training a `[dSae, dModel]` dictionary takes, on batches of
   * `rows` tokens that keep `entries` entries.
   *
   * @throws {RangeError} When it cannot hold that much.
   */
  memory(size: MemorySize): number;
  /** Stops its threads and frees its memory. */
  close(): Promise<void>;
}
