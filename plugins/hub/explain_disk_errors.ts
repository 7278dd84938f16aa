/**
 * Errors of a cache that cannot be written to.
 *
 * @module
 */
import { ConfigError } from "../../mod.ts";

/**
 * Runs `body` and explains the errors of the disk that it throws. `what` was to
 * be stored; `needed` says what space was wanted for.
 *
 * @throws {ConfigError} When the cache cannot be written to.
 */
export async function explainDiskErrors<T>(
  cache: string,
  what: string,
  body: () => Promise<T>,
  needed = "",
): Promise<T> {
  try {
    return await body();
  } catch (cause) {
    const why = whyNotStored(cache, cause as Error & { code?: string }, needed);
    if (why === undefined) throw cause;
    const message = `Cannot store ${what}: ${why}`;
    throw new ConfigError("encoder.model", message, { cause });
  }
}

function whyNotStored(
  cache: string,
  error: Error & { code?: string },
  needed: string,
): string | undefined {
  if (error instanceof Deno.errors.NotCapable) {
    return `this program may not write to "${cache}"; run it with --allow-read --allow-write`;
  }
  if (error.code === "ENOSPC" || error.code === "EDQUOT") {
    return `"${cache}" has no space${needed}; free some and start again, which continues the download, or set HF_HOME to a folder on another disk`;
  }
  return error.code === undefined
    ? undefined
    : `${error.message} in "${cache}"; set HF_HOME to a writable folder`;
}
