/**
 * Paths as the user types and reads them: relative to the folder they are in.
 *
 * @module
 */
import { isAbsolute, join, relative } from "node:path";

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

/** A path as the user would write it: relative where it lies in their folder. */
export function shown(path: string): string {
  const short = relative(userFolder(), path);
  return short.startsWith("..") ? path : short || ".";
}
