/**
 * A cache that forgets the values used longest ago when all weigh too much.
 *
 * @module
 */

/** Values by key, of limited weight together. */
interface Lru<T> {
  /** The value of a key, now the one used last. */
  get(key: string): T | undefined;
  /** Keeps a value; the last one is kept however heavy it is. */
  set(key: string, value: T, weight: number): void;
  /** Forgets a key. */
  delete(key: string): void;
}

/**
 * A cache for values that weigh `most` together; `onDrop` is called with each that it forgets.
 *
 * @example
 * ```ts
 * import { lru } from "./lru.ts";
 * import { equal } from "node:assert/strict";
 *
 * const kept = lru<string>(2);
 * kept.set("a", "first", 1);
 * kept.set("b", "second", 1);
 * kept.get("a");
 * kept.set("c", "third", 1);
 * equal(kept.get("b"), undefined);
 * equal(kept.get("a"), "first");
 * ```
 */
export function lru<T>(most: number, onDrop?: (value: T) => void): Lru<T> {
  const kept = new Map<string, { value: T; weight: number }>();
  let total = 0;
  const drop = (key: string): void => {
    const entry = kept.get(key);
    if (!entry) return;
    kept.delete(key);
    total -= entry.weight;
    onDrop?.(entry.value);
  };
  return {
    get(key) {
      const entry = kept.get(key);
      if (!entry) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set(key, value, weight) {
      drop(key);
      kept.set(key, { value, weight });
      total += weight;
      for (const old of kept.keys()) {
        if (total <= most || old === key) break;
        drop(old);
      }
    },
    delete: drop,
  };
}
