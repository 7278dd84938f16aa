/**
 * A box that says what is wrong.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";

/** Sentences on what is wrong; nothing where there are none. */
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
