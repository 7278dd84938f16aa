// deno-lint-ignore-file no-console
/**
 * Runs a task and shows errors as its user should see them.
 *
 * @module
 */
import { isUserError } from "../../core/errors.ts";

/**
 * Runs a task. An error that the user can act on is shown as its message alone,
 * and the task ends with status 1.
 */
export async function runTask(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!isUserError(error)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}
