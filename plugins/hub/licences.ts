/**
 * Which licences are permissive, and the notice about the others.
 *
 * @module
 */
import { z } from "zod";

/** The licence in a model's card. */
export const cardSchema: z.ZodType<Card> = z.object({
  license: z.union([
    z.string(),
    // Some cards name several.
    z.array(z.string()).transform((names) => names.join(", ")),
  ]).optional().catch(undefined),
  license_name: z.string().optional().catch(undefined),
  license_link: z.string().optional().catch(undefined),
});

/** What a model's card says about its licence. */
export interface Card {
  /** The hub's abbreviation: `"apache-2.0"`, or `"other"`. */
  readonly license?: string | undefined;
  /** Its name, when the hub has no abbreviation for it. */
  readonly license_name?: string | undefined;
  /** Where that licence can be read. */
  readonly license_link?: string | undefined;
}

/** The hub's abbreviations of licences that ask for no more than a notice. */
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

/** The licence's short name: `"cc-by-nc-4.0"`, `"other (depth-pro)"`, or `"none named"`. */
export function licenceName({ license, license_name }: Card): string {
  if (license === undefined) return license_name ?? "none named";
  return license_name === undefined ? license : `${license} (${license_name})`;
}

/**
 * The notice to show before the model at the address `page` is used;
 * `undefined` when its licence is permissive.
 *
 * @example
 * ```ts
 * import { licenceNotice } from "./licences.ts";
 * import { equal, match } from "node:assert/strict";
 *
 * const page = "https://huggingface.co/ada/vit";
 * equal(licenceNotice(page, { license: "apache-2.0" }), undefined);
 * match(licenceNotice(page, { license: "cc-by-nc-4.0" })!, /not permissive/);
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
    }, which is not permissive: read it before you use what you make with it: ${where}`;
}
