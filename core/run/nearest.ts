/**
 * Guesses what a mistyped word was meant to be.
 *
 * @module
 */

/**
 * The word in `known` that `word` is most likely a slip of; undefined when none is likely.
 *
 * @example
 * ```ts
 * import { nearest } from "tessera";
 * import { equal } from "node:assert/strict";
 *
 * equal(nearest("topk", ["batch-top-k", "top-k"]), "top-k");
 * equal(nearest("colour", ["top-k"]), undefined);
 * ```
 */
export function nearest(
  word: string,
  known: Iterable<string>,
): string | undefined {
  return nearestFew(word, known, 1)[0];
}

/** Up to `n` words in `known` that `word` is likely a slip of, likeliest first. */
export function nearestFew(
  word: string,
  known: Iterable<string>,
  n: number,
): string[] {
  const typed = bare(word);
  return [...known]
    .map((name) => ({ name, cost: slip(typed, bare(name)) }))
    .filter(({ cost }) => cost < Infinity)
    .sort((a, b) => a.cost - b.cost)
    .slice(0, n)
    .map(({ name }) => name);
}

/** Drops case and separators, the most common slips, so that they cost nothing. */
function bare(word: string): string {
  const letters = word.toLowerCase().replaceAll(/[-_. ]/g, "");
  return letters === "" ? word : letters;
}

/** How unlikely it is that `typed` was meant to be `name`; Infinity when they are too far apart. */
function slip(typed: string, name: string): number {
  const longest = Math.max(typed.length, name.length);
  const distance = editDistance(typed, name);
  if (distance <= Math.max(1, Math.floor(longest / 3)) && distance < longest) {
    return distance;
  }
  // An abbreviation is accepted too.
  const part = typed.length >= 3 && name.includes(typed);
  return part ? distance : Infinity;
}

/**
 * How many insertions, deletions, changes or swaps of neighbouring letters turn
 * `a` into `b`: the Damerau–Levenshtein distance (optimal string alignment).
 */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        above[j]! + 1,
        row[j - 1]! + 1,
        above[j - 1]! + same,
      );
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] &&
        a[i - 2] === b[j - 1];
      if (swapped) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}
