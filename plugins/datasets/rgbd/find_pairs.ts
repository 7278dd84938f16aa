/**
 * The paths of files in, the pictures among them that have depth out.
 *
 * @module
 */
import { posix } from "node:path";
import { byCodeUnit } from "../sources/file_names.ts";
import { filePattern } from "./file_pattern.ts";
import type { Layout } from "./layouts.ts";

/** A picture and its depth, by path. */
export interface Pair {
  /** The picture. */
  readonly image: string;
  /** Its depth. */
  readonly depth: string;
  /** Its mask, where there is one. */
  readonly mask?: string | undefined;
  /** The sequence it belongs to. */
  readonly sequence: string;
}

/** What {@linkcode findPairs} found. */
export interface Pairs {
  /** Sequence by sequence in code-unit order, frames in the order of their numbers. */
  readonly pairs: readonly Pair[];
  /** How many pictures have no depth. */
  readonly withoutDepth: number;
  /** How many files are named as depth. */
  readonly depths: number;
}

/**
 * Finds the pairs among `names` that are named as `layout` says: the variable
 * parts of both names must be the same. Pictures outside any folder are of the
 * sequence `base`.
 */
export function findPairs(
  names: readonly string[],
  layout: Layout,
  base: string,
): Pairs {
  const depths = byKey(names, layout.depths);
  const masks = byKey(names, layout.masks ?? []);
  const taken = new Set([...depths.values(), ...masks.values()]);
  const images = layout.images.map(filePattern);
  const pairs: Pair[] = [];
  let withoutDepth = 0;
  for (const image of names) {
    if (taken.has(image)) continue;
    const keys = keysOf(image, images);
    const key = keys.find((key) => depths.has(key));
    if (key !== undefined) {
      const sequence = sequenceOf(image, layout, base);
      const mask = masks.get(key);
      pairs.push({ image, depth: depths.get(key)!, mask, sequence });
    } else if (keys.length > 0) withoutDepth++;
  }
  return { pairs: inOrder(pairs), withoutDepth, depths: depths.size };
}

/** The names that match, by what is variable in them; earlier patterns win. */
function byKey(
  names: readonly string[],
  patterns: readonly string[],
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pattern of patterns.map(filePattern)) {
    for (const name of names) {
      for (const key of keysOf(name, [pattern])) {
        if (!found.has(key)) found.set(key, name);
      }
    }
  }
  return found;
}

function keysOf(
  name: string,
  patterns: readonly ReturnType<typeof filePattern>[],
): readonly string[] {
  return patterns.map((match) => match(name))
    .filter((parts) => parts !== undefined)
    .map((parts) => parts.join("\n"));
}

function sequenceOf(image: string, layout: Layout, base: string): string {
  const [named] = layout.sequence?.exec(image) ?? [];
  if (named) return named;
  const folder = posix.dirname(image);
  return folder === "." ? base : folder;
}

/** File names decide before folders, so that what two cameras saw at once stays together. */
function inOrder(pairs: readonly Pair[]): readonly Pair[] {
  return pairs
    .map((pair) => ({ pair, frame: naturalKey(posix.basename(pair.image)) }))
    .sort((a, b) =>
      byCodeUnit(a.pair.sequence, b.pair.sequence) ||
      byCodeUnit(a.frame, b.frame) || byCodeUnit(a.pair.image, b.pair.image)
    )
    .map(({ pair }) => pair);
}

/** A name whose code-unit order counts numbers by their size: `frame-2` before `frame-10`. */
function naturalKey(name: string): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(20, "0"));
}
