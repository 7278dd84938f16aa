// deno-lint-ignore-file no-console
/**
 * What every task begins and ends with.
 *
 * @module
 */
import { isUserError } from "../core/errors.ts";

/**
 * The folder the user is in. `deno task` starts a task in the project's
 * folder and says in `INIT_CWD` where it was typed.
 */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
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
