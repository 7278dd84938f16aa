/**
 * Which licences let anybody do what they like, and what is said of the others.
 *
 * @module
 */
import { z } from "zod";

/** What a model's card says of its licence. */
export const cardSchema: z.ZodType<Card> = z.object({
  license: z.union([
    z.string(),
    // Some cards name several.
    z.array(z.string()).transform((names) => names.join(", ")),
  ]).optional().catch(undefined),
  license_name: z.string().optional().catch(undefined),
  license_link: z.string().optional().catch(undefined),
});

/** What a model's card says of its licence. */
export interface Card {
  /** As the hub abbreviates it: `"apache-2.0"`, or `"other"`. */
  readonly license?: string | undefined;
  /** The name of one that the hub has no abbreviation for. */
  readonly license_name?: string | undefined;
  /** Where that one can be read. */
  readonly license_link?: string | undefined;
}

/** Those that ask for no more than a notice, as the hub abbreviates them. */
const permissive: ReadonlySet<string> = new Set([
  "0bsd",
  "afl-3.0",
  "apache-2.0",
  "bsd",
  "bsd-2-clause",
  "bsd-3-clause",
  "bsd-3-clause-clear",
  "bsl-1.0",
  "cc-by-2.0",
  "cc-by-2.5",
  "cc-by-3.0",
  "cc-by-4.0",
  "cc0-1.0",
  "cdla-permissive-1.0",
  "cdla-permissive-2.0",
  "ecl-2.0",
  "isc",
  "mit",
  "ncsa",
  "pddl",
  "postgresql",
  "unlicense",
  "wtfpl",
  "zlib",
]);

/** The licence in few words: `"cc-by-nc-4.0"`, `"other (depth-pro)"`, or `"none named"`. */
export function licenceName({ license, license_name }: Card): string {
  if (license === undefined) return license_name ?? "none named";
  return license_name === undefined ? license : `${license} (${license_name})`;
}

/**
 * What to tell the user before the model at the address `page` is used;
 * `undefined` when its licence is permissive.
 *
 * @example
 * ```ts
 * import { licenceNotice } from "./licences.ts";
 * import { equal, match } from "node:assert/strict";
 *
 * const page = "https://huggingface.co/ada/vit";
 * equal(licenceNotice(page, { license: "apache-2.0" }), undefined);
 * match(licenceNotice(page, { license: "cc-by-nc-4.0" })!, /no permissive one/);
 * ```
 */
export function licenceNotice(page: string, card: Card): string | undefined {
  if (permissive.has(card.license?.toLowerCase() ?? "")) return undefined;
  // A link may be relative to the model's files.
  const where = card.license_link === undefined
    ? page
    : URL.parse(card.license_link, `${page}/blob/main/`)?.href ?? page;
  return card.license === undefined && card.license_name === undefined
    ? `licence: the card of this model names none; ask its authors before you share what you make with it: ${page}`
    : `licence: ${
      licenceName(card)
    }, which is no permissive one: read it before you use what you make with it: ${where}`;
}
