/**
 * Edits of latents, for `splice` to decode in place of the original codes.
 *
 * @module
 */
import type { HostCodes } from "../codes.ts";
import type { EditOptions } from "./token_filter.ts";

/** Finds the token of a row of codes: its picture, and its index there, specials first. */
export type PlaceOf = (row: number) => readonly [image: number, token: number];

/**
 * An edit of latents: takes codes `[rows, dSae]` and returns codes of the same
 * shape. It gets some of the tokens at a time and must treat each on its own.
 * Latents ascend within a row; a latent that does not fire has no entry.
 *
 * @example No latent fires above 5
 * ```ts
 * import type { LatentEdit } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const clamp: LatentEdit = (codes) => ({
 *   ...codes,
 *   values: codes.values.map((value) => Math.min(value, 5)),
 * });
 * const codes = {
 *   shape: [1, 4] as const,
 *   offsets: Uint32Array.of(0, 2),
 *   latents: Uint32Array.of(1, 3),
 *   values: Float32Array.of(2, 9),
 * };
 * const edited = clamp(codes, (row) => [0, row]);
 * deepEqual(edited.values, Float32Array.of(2, 5));
 * ```
 */
export type LatentEdit = (codes: HostCodes, placeOf: PlaceOf) => HostCodes;

/**
 * Sets latents, whether they fire or not, to one value or each to its own. Values
 * are in the units of the codes, which for a checkpoint are the activations'.
 *
 * @throws {RangeError} When there are not as many values as latents; from the
 * edit, when the dictionary has no such latent.
 *
 * @example Latent 1 fires on the first row only; 0 takes its entry away
 * ```ts
 * import { setLatents } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const codes = {
 *   shape: [2, 4] as const,
 *   offsets: Uint32Array.of(0, 2, 3),
 *   latents: Uint32Array.of(1, 3, 3),
 *   values: Float32Array.of(5, 6, 7),
 * };
 * const edited = setLatents([1, 3], [9, 0])(codes, (row) => [0, row]);
 * deepEqual(edited.offsets, Uint32Array.of(0, 1, 2));
 * deepEqual(edited.latents, Uint32Array.of(1, 1));
 * deepEqual(edited.values, Float32Array.of(9, 9));
 * ```
 */
export function setLatents(
  latents: Iterable<number>,
  values: number | ArrayLike<number>,
  options?: EditOptions,
): LatentEdit {
  const names = [...latents];
  const each = typeof values === "number"
    ? names.map(() => values)
    : Array.from(values);
  if (each.length !== names.length) {
    throw new RangeError(
      `Cannot set ${names.length} latents to ${each.length} values: give one for all, or one for each`,
    );
  }
  const to = new Map(names.map((latent, i) => [latent, each[i]!]));
  return editLatents(to.keys(), (latent) => to.get(latent)!, options);
}

/**
 * Multiplies latents where they fire: 0 ablates, 2 doubles, -1 flips the sign.
 *
 * @throws {RangeError} From the edit, when the dictionary has no such latent.
 *
 * @example Twice as strong, in the first picture only
 * ```ts
 * import { scaleLatents } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const codes = {
 *   shape: [2, 4] as const,
 *   offsets: Uint32Array.of(0, 1, 2),
 *   latents: Uint32Array.of(3, 3),
 *   values: Float32Array.of(5, 6),
 * };
 * const twice = scaleLatents([3], 2, { where: (image) => image === 0 });
 * const edited = twice(codes, (row) => [row, 0]);
 * deepEqual(edited.values, Float32Array.of(10, 6));
 * ```
 */
export function scaleLatents(
  latents: Iterable<number>,
  factor: number,
  options?: EditOptions,
): LatentEdit {
  return editLatents(latents, (_, value) => factor * value, options);
}

/**
 * Zero ablation: stops latents from firing.
 *
 * @throws {RangeError} From the edit, when the dictionary has no such latent.
 *
 * @example
 * ```ts
 * import { ablateLatents } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const codes = {
 *   shape: [1, 4] as const,
 *   offsets: Uint32Array.of(0, 2),
 *   latents: Uint32Array.of(1, 3),
 *   values: Float32Array.of(5, 6),
 * };
 * const edited = ablateLatents([3])(codes, (row) => [0, row]);
 * deepEqual(edited.latents, Uint32Array.of(1));
 * ```
 */
export function ablateLatents(
  latents: Iterable<number>,
  options?: EditOptions,
): LatentEdit {
  return setLatents(latents, 0, options);
}

/** A latent's value after an edit, given the value before it: 0 where it did not fire. */
type Change = (latent: number, value: number) => number;

function editLatents(
  latents: Iterable<number>,
  change: Change,
  { where }: EditOptions = {},
): LatentEdit {
  const chosen = new Set(latents);
  const added = [...chosen].filter((latent) => change(latent, 0) !== 0)
    .sort((a, b) => a - b);
  return (codes, placeOf) => {
    checkLatents(chosen, codes.shape[1]);
    const edited = (row: number): boolean => !where || where(...placeOf(row));
    return rewrite(codes, edited, { chosen, added, change });
  };
}

function checkLatents(latents: Iterable<number>, dSae: number): void {
  for (const latent of latents) {
    if (Number.isInteger(latent) && latent >= 0 && latent < dSae) continue;
    throw new RangeError(
      `Cannot edit latent ${latent}: the dictionary has ${dSae}, numbered 0 to ${
        dSae - 1
      }`,
    );
  }
}

/** How edited rows change. */
interface Rewrite {
  /** The latents that change. */
  readonly chosen: ReadonlySet<number>;
  /** Those that change even where they do not fire, ascending. */
  readonly added: readonly number[];
  /** Their new values. */
  readonly change: Change;
}

/** The codes with entries changed, added and, where they become 0, removed. */
function rewrite(
  { shape, offsets, latents, values }: HostCodes,
  edited: (row: number) => boolean,
  { chosen, added, change }: Rewrite,
): HostCodes {
  const to = entryList(latents.length + shape[0] * added.length);
  const ends = new Uint32Array(shape[0] + 1);
  for (let row = 0; row < shape[0]; row++) {
    const changes = edited(row);
    let next = changes ? 0 : added.length;
    const addBelow = (end: number): void => {
      for (; next < added.length && added[next]! < end; next++) {
        to.put(added[next]!, change(added[next]!, 0));
      }
    };
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++) {
      const latent = latents[entry]!, value = values[entry]!;
      addBelow(latent);
      if (added[next] === latent) next++;
      const changed = changes && chosen.has(latent);
      to.put(latent, changed ? change(latent, value) : value);
    }
    addBelow(Infinity);
    ends[row + 1] = to.count();
  }
  return { shape, offsets: ends, ...to.entries() };
}

/** A list with room for `most` entries; zeros are dropped. */
function entryList(most: number) {
  const latents = new Uint32Array(most), values = new Float32Array(most);
  let count = 0;
  return {
    put(latent: number, value: number): void {
      latents[count] = latent;
      values[count] = value;
      if (values[count] !== 0) count++;
    },
    count: (): number => count,
    entries: (): Pick<HostCodes, "latents" | "values"> => ({
      latents: latents.slice(0, count),
      values: values.slice(0, count),
    }),
  };
}
