/**
 * A request in, the signal that nobody waits for its answer out.
 *
 * @module
 */
import type { Context } from "hono";

/** Aborted when whoever asked has left; undefined where that is not known, as in tests. */
export function clientGone(c: Context): AbortSignal | undefined {
  const { env } = c as { env?: { left?: unknown } };
  return env?.left instanceof AbortSignal ? env.left : undefined;
}
