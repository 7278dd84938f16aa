/**
 * Pairs pictures with their depth maps by file name.
 *
 * @module
 */
import { posix } from "node:path";
import { byCodeUnit } from "../sources/file_names.ts";
import { filePattern } from "./file_pattern.ts";
import type { Layout } from "./layouts.ts";

/** The paths of a picture and its depth. */
export interface Pair {
  /** The picture. */
  readonly image: string;
  /** Its depth. */
  readonly depth: string;
  /** Its mask, if there is one. */
  readonly mask?: string | undefined;
  /** The sequence it belongs to. */
  readonly sequence: string;
}

/** What {@linkcode findPairs} found. */
export interface Pairs {
  /** Sequences in code-unit order, frames by number. */
  readonly pairs: readonly Pair[];
  /** How many pictures have no depth. */
  readonly withoutDepth: number;
  /** How many files are named as depth maps. */
  readonly depths: number;
}

/**
 * Finds pairs by the patterns of `layout`: the variable parts of both names must
 * be the same. Pictures outside any folder belong to the sequence `base`.
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

/** The matching names by their variable parts; earlier patterns win. */
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

/** File names are compared before folders, so that simultaneous frames of two cameras stay together. */
function inOrder(pairs: readonly Pair[]): readonly Pair[] {
  return pairs
    .map((pair) => ({ pair, frame: naturalKey(posix.basename(pair.image)) }))
    .sort((a, b) =>
      byCodeUnit(a.pair.sequence, b.pair.sequence) ||
      byCodeUnit(a.frame, b.frame) || byCodeUnit(a.pair.image, b.pair.image)
    )
    .map(({ pair }) => pair);
}

/** A key whose code-unit order is numeric: `frame-2` before `frame-10`. */
function naturalKey(name: string): string {
  return name.replace(/\d+/g, (digits) => digits.padStart(20, "0"));
}
