/**
 * A button to the previous or the next of something.
 *
 * @module
 */
import type { JSX } from "hono/jsx/jsx-runtime";

/** A link to the previous or next one, or a grey arrow where there is none. */
export function Step(
  { rel, href, name, title }: {
    rel: "prev" | "next";
    href: string | undefined;
    /** What is written beside the arrow. */
    name?: string | number;
    title?: string;
  },
): JSX.Element {
  const arrow = rel === "prev" ? "←" : "→";
  if (href === undefined) {
    return <span class="button off" aria-hidden="true">{arrow}</span>;
  }
  const words = rel === "prev" ? [arrow, name] : [name, arrow];
  return (
    <a class="button" rel={rel} href={href} title={title}>
      {words.filter((word) => word !== undefined).join(" ")}
    </a>
  );
}
