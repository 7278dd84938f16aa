/**
 * Asynchronous work that runs ahead of its reader.
 *
 * @module
 */

/**
 * Applies `f` to each item, up to `ahead` items before the one asked for, and
 * yields the results in order.
 *
 * @example
 * ```ts
 * import { mapAhead } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const squares = mapAhead([1, 2, 3], 2, (x) => Promise.resolve(x * x));
 * deepEqual(await Array.fromAsync(squares), [1, 4, 9]);
 * ```
 */
export async function* mapAhead<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  f: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const started: Promise<Result>[] = [];
  for await (const item of items) {
    const result = f(item);
    // A failure is thrown when its result is read; until then it must not count as unhandled.
    result.catch(() => {});
    started.push(result);
    if (started.length > ahead) yield await started.shift()!;
  }
  for (const result of started) yield await result;
}
