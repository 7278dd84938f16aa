/**
 * Vision transformers, read at named places.
 *
 * @module
 */
import type { RgbImage } from "./dataset.ts";
import type { HostTensor, HostTensors } from "./tensor.ts";

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

/** A part of a picture, in its pixels; it may begin and end within one. */
export interface View {
  /** What is left of it. */
  readonly left: number;
  /** What is above it. */
  readonly top: number;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** What a model says of a picture. It can be read like any hook. */
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
   * Of depth: whether its numbers are inverse, larger where nearer; else they
   * are distances, in metres or another unit.
   */
  readonly inverse?: boolean;
  /** Names of the classes, in order. */
  readonly labels?: readonly string[];
}

/** A model that was stopped on its way through some pictures. */
export interface Paused {
  /** What it has computed at each hook where it paused: `[images, tokens, width]`, yours to write into. */
  readonly activations: HostTensors;
  /**
   * Goes on from there with `edited` in place of what was computed, as often as
   * wanted, and returns what is then computed at the hooks `wanted`: when
   * absent those of the model's predictions that come after, or its last hook
   * when it makes none.
   *
   * `edited` holds some of the hooks of the pause, all of them unedited when it
   * is absent. A hook that is left out is computed again where an edit comes
   * before it, and stays as it was where none does. With nothing edited the
   * result is that of the whole model read at the same hooks, bit by bit.
   *
   * @throws {ConfigError} When `edited` names a hook where the model did not
   * pause or has another shape, or `wanted` one that no edit reaches.
   */
  resume(
    edited?: HostTensors,
    wanted?: readonly string[],
  ): Promise<HostTensors>;
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
   * A picture's activations do not depend on the others in the call, but for the
   * last digits of convolutions, which depend on how many there are.
   *
   * @throws {ConfigError} When a hook does not exist.
   */
  encode(
    images: readonly RgbImage[],
    hooks: readonly string[],
  ): Promise<Readonly<Record<string, HostTensor>>>;
  /** What it says of a picture, where it says something. */
  readonly predictions?: readonly Prediction[];
  /**
   * Runs `images` up to `hooks`, hands over what is there, and can go on with
   * something else in its place. An encoder without it can only be read.
   *
   * A value goes several ways: in Depth Anything the residual stream after a
   * block is read by the next block and, where it is tapped, by `feat.{k}`. An
   * edit of the stream goes both ways. To edit one way only, pause at both
   * hooks: give the other one back unedited, or edit that one alone.
   *
   * @throws {ConfigError} When a hook does not exist.
   */
  pause?(
    images: readonly RgbImage[],
    hooks: readonly string[],
  ): Promise<Paused>;
  /**
   * The same model for pictures of this size in pixels, at the size of input
   * that suits them best, where a model takes several.
   */
  fitted?(size: Pick<RgbImage, "width" | "height">): Promise<Encoder>;
  /**
   * The part that it sees of a picture of this size in pixels: grids lie over
   * it. An encoder without it sees the whole of every picture.
   */
  view?(size: Pick<RgbImage, "width" | "height">): View;
  /**
   * The same network with the numbers of each weight tensor in an order that
   * `seed` decides: a control that keeps the shape of the network and the size
   * of its weights, and nothing that it learned. Closing this encoder does not
   * close that one, whose weights lie in a temporary folder until it is closed.
   */
  shuffled?(seed: number): Promise<Encoder>;
  /**
   * Bytes it takes at most while it encodes `images` pictures at once and is
   * read at `hook`; at any one hook when none is named.
   */
  memory(images: number, hook?: Hook): number;
  /** Stops its threads and frees its memory. */
  close(): Promise<void>;
}
