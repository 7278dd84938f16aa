/**
 * Random choices for laying out scenes.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";

/** A number between `low` and `high`, uniformly distributed. */
export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}

/** A number between `low` and `high`, whose logarithm is uniformly distributed. */
export function logBetween(random: Random, low: number, high: number): number {
  return low * Math.pow(high / low, random.next());
}

/** A random element of `list`. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.integer(list.length)]!;
}

/** True with probability `p`. */
export function chance(random: Random, p: number): boolean {
  return random.next() < p;
}
