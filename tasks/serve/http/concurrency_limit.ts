/**
 * Limits how many tasks run at once.
 *
 * @module
 */

/** Whether someone waits for a task, or it is done ahead of time. */
export type Urgency = "now" | "later";

/** Runs a task when it is its turn. */
type InTurn = <T>(
  body: () => Promise<T>,
  urgency?: Urgency,
) => Promise<T>;

/**
 * Runs at most `most` tasks at once; the others wait, those for later until no
 * urgent one waits.
 *
 * @example
 * ```ts
 * import { concurrencyLimit } from "./concurrency_limit.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const order: string[] = [], one = concurrencyLimit(1);
 * const add = (name: string) => async () => void order.push(name);
 * await Promise.all([one(add("a")), one(add("b"), "later"), one(add("c"))]);
 * deepEqual(order, ["a", "c", "b"]);
 * ```
 */
export function concurrencyLimit(most: number): InTurn {
  const waiting = { now: [] as (() => void)[], later: [] as (() => void)[] };
  let busy = 0;
  return async (body, urgency = "now") => {
    if (busy >= most) {
      await new Promise<void>((resolve) => waiting[urgency].push(resolve));
    } else busy++;
    try {
      return await body();
    } finally {
      // The place is handed to the next in line, so that no other task slips in.
      const next = waiting.now.shift() ?? waiting.later.shift();
      if (next) next();
      else busy--;
    }
  };
}
