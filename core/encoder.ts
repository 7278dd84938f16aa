/**
 * Vision transformers, read at named places.
 *
 * @module
 */
import type { RgbImage } from "./dataset.ts";
import type { HostTensor, HostTensors } from "./tensor.ts";

/** How an encoder's tokens are laid out: specials first, then a grid of patches, row by row. */
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

/** A rectangle of a picture, in pixels; its edges may fall inside a pixel. */
export interface View {
  /** Distance from the picture's left edge. */
  readonly left: number;
  /** Distance from the picture's top edge. */
  readonly top: number;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** Something that a model predicts about a picture. It is read like any hook. */
export interface Prediction {
  /** The hook where it is read. */
  readonly hook: string;
  /**
   * What it is: `"depth"`, a number for each place of the hook's grid;
   * `"logits"`, a number for each class; `"features"`, tokens of another model
   * that this one imitates.
   */
  readonly kind: "depth" | "logits" | "features";
  /** What its numbers mean, in a few words: `"metres"`, `"inverse depth, larger is nearer"`. */
  readonly meaning: string;
  /**
   * For depth: whether larger numbers are nearer (inverse depth). Otherwise they
   * are distances, in metres or another unit.
   */
  readonly inverse?: boolean;
  /** The least and the largest number that the network can give, where that is known: maps of it at another size are kept within. */
  readonly range?: readonly [least: number, most: number];
  /** Names of the classes, in order. */
  readonly labels?: readonly string[];
}

/** A model paused partway through some pictures. */
export interface Paused {
  /** The activations at each hook where it paused, `[images, tokens, width]`. They may be overwritten. */
  readonly activations: HostTensors;
  /**
   * Runs the rest of the model with `edited` in place of what was computed, and
   * returns the activations at the hooks `wanted`. Without `wanted`, these are
   * the model's predictions that come after the pause, or its last hook if it
   * predicts nothing. It can be called any number of times.
   *
   * `edited` holds activations for some of the hooks of the pause. A hook that
   * it leaves out is recomputed if an edit comes before it and otherwise stays
   * as it was. With no edits the result equals that of the whole model read at
   * the same hooks, bit for bit.
   *
   * @throws {ConfigError} When `edited` names a hook where the model did not
   * pause or has a wrong shape, or when no edit reaches a hook in `wanted`.
   */
  resume(
    edited?: HostTensors,
    wanted?: readonly string[],
  ): Promise<HostTensors>;
}

/** A vision transformer whose activations can be read. It preprocesses pictures itself. */
export interface Encoder {
  /** Every place where it can be read, in network order. */
  readonly hooks: readonly Hook[];
  /** The hook that is read when a run names none. */
  readonly defaultHook: string;
  /** What made the activations, for provenance: file hashes, input size. */
  readonly provenance: Readonly<Record<string, string | number>>;
  /**
   * The activations of `images` at each of `hooks`: `[images, tokens, width]`.
   * A picture's activations do not depend on the other pictures in the call,
   * except for the last digits of convolutions, which vary with their number.
   *
   * @throws {ConfigError} When a hook does not exist.
   */
  encode(
    images: readonly RgbImage[],
    hooks: readonly string[],
  ): Promise<Readonly<Record<string, HostTensor>>>;
  /** What it predicts, if anything. */
  readonly predictions?: readonly Prediction[];
  /**
   * Runs `images` up to `hooks` and returns the activations there, from which
   * the model can resume with edited ones. Without it, an encoder can only be read.
   *
   * A value may be used in several places: in Depth Anything the residual stream
   * after a block is read by the next block and, where it is tapped, by
   * `feat.{k}`. Editing the stream changes both. To edit one branch only, pause
   * on the other too and return it unchanged.
   *
   * @throws {ConfigError} When a hook does not exist.
   */
  pause?(
    images: readonly RgbImage[],
    hooks: readonly string[],
  ): Promise<Paused>;
  /**
   * The same model with the input size that best suits pictures of this size in
   * pixels, for models that accept several.
   */
  fitted?(size: Pick<RgbImage, "width" | "height">): Promise<Encoder>;
  /**
   * The part of a picture of this size in pixels that the model sees, and that
   * its grids cover. Without it, an encoder sees the whole picture.
   */
  view?(size: Pick<RgbImage, "width" | "height">): View;
  /**
   * The same network with the values of each weight tensor shuffled by `seed`: a
   * control that keeps the architecture and the size of the weights, but nothing
   * that was learned. It must be closed separately; until then its weights lie
   * in a temporary folder.
   */
  shuffled?(seed: number): Promise<Encoder>;
  /**
   * Most bytes it takes to encode `images` pictures at once, read at `hook`, or
   * at any one hook when none is named.
   */
  memory(images: number, hook?: Hook): number;
  /** Stops its threads and frees its memory. */
  close(): Promise<void>;
}
