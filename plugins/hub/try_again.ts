/**
 * Repeats a request until it succeeds.
 *
 * @module
 */
import { hubError, requestName, TransientError } from "./hub_errors.ts";
import type { Hub, HubRequest } from "./hub.ts";

/** How many tries in a row may fail. */
const maxTries = 5;

/**
 * The longest wait in milliseconds, whatever the hub asks for: the five minutes
 * over which Hugging Face counts requests
 * (https://huggingface.co/docs/hub/rate-limits).
 */
const longestWait = 300_000;

/** Options for {@linkcode tryAgain}. */
export interface TryAgainOptions {
  /** Progress so far; failures are counted anew whenever it has grown. */
  readonly progress?: () => number;
  /** The end of the error's message: what is kept when it fails. */
  readonly kept?: () => string;
}

/**
 * Runs `attempt` until it throws no {@linkcode TransientError}, waiting 1, 2, 4
 * and 8 seconds in between, or longer where the hub asks for that; `hub.report`
 * is told.
 *
 * @throws {ConfigError} When it fails five times in a row.
 */
export async function tryAgain<T>(
  hub: Hub,
  request: Pick<HubRequest, "id" | "file">,
  attempt: () => Promise<T>,
  { progress = () => 0, kept = () => "" }: TryAgainOptions = {},
): Promise<T> {
  let failed = 0, before = 0;
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      failed = progress() > before ? 1 : failed + 1;
      before = progress();
      if (failed === maxTries) {
        const why = `${error.message}, ${maxTries} times in a row${kept()}`;
        throw hubError(hub, request, why, { cause: error });
      }
      const patience = 1000 * 2 ** (failed - 1);
      const wait = Math.min(Math.max(error.after ?? 0, patience), longestWait);
      const again = `trying again in ${wait / 1000} s`;
      hub.report({
        text: `${requestName(request)}: ${error.message}, ${again}`,
      });
      await hub.wait(wait);
    }
  }
}
