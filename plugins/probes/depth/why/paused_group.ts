/**
 * The pictures that the model is paused on now.
 *
 * @module
 */
import type { HostTensor } from "../../../../mod.ts";
import type { CleanPicture } from "./clean_picture.ts";

/** A group of pictures that the model is paused on. */
export interface Live {
  /** The number of the first picture. */
  readonly first: number;
  /** Their tokens at the hook, `[images, tokens, width]`. */
  readonly x: HostTensor;
  /** What the model says of each. */
  readonly clean: readonly CleanPicture[];
  /** What was computed once for the group, by name. */
  readonly kept: Map<string, unknown>;
}

/** The group that the model is paused on now. */
export interface LiveRef {
  /** Set before any edit is made. */
  now?: Live;
}

/** What the model says of a picture that it is paused on. */
export function cleanOf(live: LiveRef, picture: number): CleanPicture {
  return live.now!.clean[picture - live.now!.first]!;
}

/** A picture's tokens, `[1, tokens, width]`. */
export function tokensOf(live: LiveRef, picture: number): HostTensor {
  const { x, first } = live.now!, each = x.data.length / x.shape[0]!;
  const at = (picture - first) * each;
  return {
    data: x.data.subarray(at, at + each),
    shape: [1, ...x.shape.slice(1)],
  };
}

/** The picture that another is patched from: the next in the group, and the first for the last. */
export function partnerOf(live: LiveRef, picture: number): number {
  const { x, first } = live.now!;
  return first + (picture - first + 1) % x.shape[0]!;
}

/** What `make` returns, made once for each group. */
export function once<T>(live: LiveRef, name: string, make: () => T): T {
  const { kept } = live.now!;
  if (!kept.has(name)) kept.set(name, make());
  return kept.get(name) as T;
}
