/**
 * Sentences that something is wrong with, as a box.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";

/** What is wrong, where something is. */
export function Notices(
  { of }: { of: readonly string[] },
): JSX.Element | null {
  if (of.length === 0) return null;
  return (
    <ul class="notices" role="status">
      {of.map((text) => <li>{text}</li>)}
    </ul>
  );
}
