/**
 * The number of tokens at a hook.
 *
 * @module
 */
import type { Hook } from "../../../mod.ts";

/** How many tokens a hook has: its specials and its grid. */
export function tokensOf(
  { layout: { specials, grid } }: Pick<Hook, "layout">,
): number {
  return specials + grid[0] * grid[1];
}
