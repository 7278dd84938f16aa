/**
 * Whether the client still waits for an answer.
 *
 * @module
 */
import type { Context } from "hono";

/** The signal that the client has gone; undefined where that is not known, as in tests. */
export function clientGone(c: Context): AbortSignal | undefined {
  const { env } = c as { env?: { gone?: unknown } };
  return env?.gone instanceof AbortSignal ? env.gone : undefined;
}
