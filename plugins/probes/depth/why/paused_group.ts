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

/** The tokens of the picture numbered `picture`, `[1, tokens, width]`. */
export function tokensOf({ now }: LiveRef, picture: number): HostTensor {
  return imageOf(now!.x, picture - now!.first);
}

/** Image `i` of a batch, `[1, tokens, width]`; it shares the memory. */
export function imageOf({ data, shape }: HostTensor, i: number): HostTensor {
  const [images, ...rest] = shape, each = data.length / images!;
  return { data: data.subarray(i * each, (i + 1) * each), shape: [1, ...rest] };
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
