// deno-lint-ignore-file no-console
/**
 * What every task begins and ends with.
 *
 * @module
 */
import { isAbsolute, join, relative } from "node:path";
import { isUserError } from "../../core/errors.ts";

/**
 * The folder the user is in. `deno task` starts a task in the project's
 * folder and says in `INIT_CWD` where it was typed.
 */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** A path that the user typed, absolute. */
export function inUserFolder(path: string): string {
  return isAbsolute(path) ? path : join(userFolder(), path);
}

/** How the user would write a path. */
export function shown(path: string): string {
  const short = relative(userFolder(), path);
  return short.startsWith("..") ? path : short || ".";
}

/** Runs a task; of an error that the user can act on only the message is shown. */
export async function runTask(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!isUserError(error)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
