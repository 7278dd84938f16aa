/**
 * Follows the links of a tar to its files.
 *
 * @module
 */
import { posix } from "node:path";

/** What a link leads to: a hard link's name from the top of its tar, a symbolic one's from its own folder. */
export interface TarLink {
  /** Which of the two it is. */
  readonly kind: "hard" | "symbolic";
  /** Where it leads. */
  readonly to: string;
}

/** Gives each link the place of the file that it leads to, over other links; those that lead to none are `unread`. */
export function followLinks(
  links: readonly { readonly name: string; readonly link: TarLink }[],
  names: readonly string[],
  add: (name: string, at: number) => void,
  unread: Record<string, string>,
): void {
  if (links.length === 0) return;
  const places = new Map(names.map((name, at) => [name, at]));
  const targets = new Map(
    links.map(({ name, link }) => [
      name,
      link.kind === "hard"
        ? plain(link.to)
        : plain(`${posix.dirname(name)}/${link.to}`),
    ]),
  );
  for (const { name, link } of links) {
    let to = targets.get(name)!;
    // Each step leads somewhere new, or the links go round.
    for (let steps = 0; targets.has(to) && steps < links.length; steps++) {
      to = targets.get(to)!;
    }
    const at = link.to.startsWith("/") ? undefined : places.get(to);
    if (at !== undefined) add(name, at);
    else unread[name] = `a link to "${link.to}", which is no file of the tar`;
  }
}

/** A path as unpacking makes it: without a leading `/`, `./` or `../`, and without detours. */
export function plain(path: string): string {
  return posix.normalize(path.replace(/^\/+/, "")).replace(/^(\.\.?\/)+/, "");
}
