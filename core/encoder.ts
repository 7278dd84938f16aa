/**
 * Vision transformers, read at named places.
 *
 * @module
 */
import type { RgbImage } from "./dataset.ts";
import type { HostTensor } from "./tensor.ts";

/** How an encoder's tokens are laid out: specials first, then a grid, row by row. */
export interface TokenLayout {
  /** How many special tokens (CLS, registers) come before the patches. */
  readonly specials: number;
  /** Patch rows and columns: the patch at `r, c` is token `specials + r · cols + c`. */
  readonly grid: readonly [rows: number, cols: number];
}

/** A place in the network whose activations can be read. */
export interface Hook {
  /** Its name, in TransformerLens's words: `"blocks.11.resid_post"`. */
  readonly name: string;
  /** Length of one token's activation. */
  readonly width: number;
  /** How its tokens lie over the picture. */
  readonly layout: TokenLayout;
}

/** A vision transformer whose activations can be read. Preprocessing is its own. */
export interface Encoder {
  /** Where it can be read, in network order. */
  readonly hooks: readonly Hook[];
  /** The hook that is read when a run names none. */
  readonly defaultHook: string;
  /** What made the activations, for provenance: file hashes, input size. */
  readonly provenance: Readonly<Record<string, string | number>>;
  /**
   * The activations of `images` at each of `hooks`: `[images, tokens, width]`.
   * A picture's activations do not depend on the others in the call.
   *
   * @throws {ConfigError} When a hook does not exist.
   */
  encode(
    images: readonly RgbImage[],
    hooks: readonly string[],
  ): Promise<Readonly<Record<string, HostTensor>>>;
  /**
   * Bytes it takes at most while it encodes `images` pictures at once and is
   * read at `hook`; at any one hook when none is named.
   */
  memory(images: number, hook?: Hook): number;
  /** Stops its threads and frees its memory. */
  close(): Promise<void>;
}
