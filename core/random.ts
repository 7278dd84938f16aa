/**
 * Seeded random numbers whose state is four integers.
 *
 * @module
 */

/** A stream of random numbers. */
export interface Random {
  /** The next number, uniform in `[0, 1)`, of 32 random bits. */
  next(): number;
  /** The next integer, uniform in `[0, below)`. */
  integer(below: number): number;
  /** The next number of a standard normal distribution. */
  normal(): number;
  /** The four integers that the stream continues from: `random.restore(random.state())` changes nothing. */
  state(): [number, number, number, number];
  /** Continues from a saved state. */
  restore(state: readonly [number, number, number, number]): void;
}

/**
 * The stream that belongs to `keys`: equal keys give equal numbers, other keys
 * unrelated ones. The generator is sfc32 from PractRand.
 *
 * @example
 * ```ts
 * import { randomFrom } from "tessera";
 * import { equal, notEqual } from "node:assert/strict";
 *
 * equal(randomFrom(1, 7).next(), randomFrom(1, 7).next());
 * notEqual(randomFrom(1, 7).next(), randomFrom(1, 8).next());
 * ```
 */
export function randomFrom(...keys: readonly number[]): Random {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, 1];
  const bits = (): number => {
    const t = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t | 0;
    return t >>> 0;
  };
  for (const key of keys) {
    a ^= key | 0;
    b ^= Math.floor(key / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) bits();
  }
  const next = (): number => bits() / 2 ** 32;
  return {
    next,
    integer: (below) => Math.floor(next() * below),
    // Box–Muller; the second value is dropped to keep the state at four integers.
    normal: () =>
      Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => [a, b, c, d],
    restore: (state) => {
      [a, b, c, d] = state;
    },
  };
}

/** The numbers `0 … length − 1` in random order (Fisher–Yates). */
export function permutation(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/**
 * A number in `[0, 1)` determined by `keys`, 32-bit integers: for random choices
 * that do not depend on the order in which they are made. Mixes as MurmurHash3
 * does.
 */
export function hashOf(...keys: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const key of keys) {
    h = Math.imul(h ^ key, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return (h >>> 0) / 2 ** 32;
}
