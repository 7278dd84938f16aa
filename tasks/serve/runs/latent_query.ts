/**
 * Reads which latents an address asks for, and finds them.
 *
 * @module
 */
import { findColumn } from "./find_column.ts";
import type { LatentColumn } from "./latent_columns.ts";
import { Problem } from "../http/problem.ts";

/** Which latents are asked for, and in what order. */
export interface LatentQuery {
  /** The column they are sorted by, or `latent` to sort by number. */
  readonly sort: string;
  /** Whether the smallest or the largest comes first. */
  readonly order: "asc" | "desc";
  /** Numbers, ranges of numbers, or a label; all latents when empty. */
  readonly q: string;
  /** The smallest allowed value, by column. */
  readonly min: Readonly<Record<string, number>>;
  /** The largest allowed value, by column. */
  readonly max: Readonly<Record<string, number>>;
}

/** The default order: latents that fire most strongly are worth a look first. */
const usualSort = ["max", "density"];

/**
 * Reads a query from an address.
 *
 * @throws {Problem} When it names an unknown column, or a bound is not a number.
 */
export function readLatentQuery(
  params: URLSearchParams,
  columns: readonly LatentColumn[],
): LatentQuery {
  const usual =
    usualSort.find((name) => columns.some((column) => column.name === name)) ??
      "latent";
  const sort = params.get("sort") || usual;
  if (sort !== "latent") findColumn(columns, sort);
  const order = params.get("order") ||
    (sort === "latent" ? "asc" : "desc");
  if (order !== "asc" && order !== "desc") {
    throw new Problem(
      400,
      `Cannot sort in the order "${cut(order)}": it must be asc or desc`,
    );
  }
  return {
    sort,
    order,
    q: (params.get("q") ?? "").trim().slice(0, 200),
    min: bounds("min.", params, columns),
    max: bounds("max.", params, columns),
  };
}

function bounds(
  prefix: string,
  params: URLSearchParams,
  columns: readonly LatentColumn[],
): Record<string, number> {
  const found: Record<string, number> = {};
  for (const [key, text] of params) {
    if (!key.startsWith(prefix) || text.trim() === "") continue;
    const name = key.slice(prefix.length), value = Number(text);
    findColumn(columns, name);
    if (Number.isNaN(value)) {
      throw new Problem(
        400,
        `Cannot use ${prefix}${name}=${cut(text)}: it must be a number`,
      );
    }
    found[name] = value;
  }
  return found;
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** The query as part of an address, from its question mark on, with the values of `more`. */
export function latentQueryText(
  { sort, order, q, min, max }: LatentQuery,
  more: Readonly<Record<string, string | number>> = {},
): string {
  const params = new URLSearchParams({ sort, order });
  if (q !== "") params.set("q", q);
  for (const [name, value] of Object.entries(min)) {
    params.set(`min.${name}`, String(value));
  }
  for (const [name, value] of Object.entries(max)) {
    params.set(`max.${name}`, String(value));
  }
  for (const [name, value] of Object.entries(more)) {
    params.set(name, String(value));
  }
  return `?${params}`;
}

/** Whether a latent has a label that contains some words. */
export type HasLabel = (latent: number, words: string) => boolean;

/** The latents that `query` asks for, in its order; those without a number come last. */
export function findLatents(
  dSae: number,
  columns: readonly LatentColumn[],
  query: LatentQuery,
  hasLabel: HasLabel,
): Uint32Array {
  const valuesOf = (name: string) =>
    columns.find((column) => column.name === name)!.values;
  const tests = [
    ...Object.entries(query.min).map(([name, least]) => {
      const values = valuesOf(name);
      return (latent: number) => values[latent]! >= least;
    }),
    ...Object.entries(query.max).map(([name, most]) => {
      const values = valuesOf(name);
      return (latent: number) => values[latent]! <= most;
    }),
    ...query.q === "" ? [] : [wanted(query.q, hasLabel)],
  ];
  const found: number[] = [];
  for (let latent = 0; latent < dSae; latent++) {
    if (tests.every((test) => test(latent))) found.push(latent);
  }
  const sign = query.order === "asc" ? 1 : -1;
  const latents = Uint32Array.from(found);
  if (query.sort === "latent") return sign > 0 ? latents : latents.reverse();
  const values = valuesOf(query.sort);
  return latents.sort((a, b) => {
    const x = values[a]!, y = values[b]!;
    if (x === y) return a - b;
    if (Number.isNaN(x)) return Number.isNaN(y) ? a - b : 1;
    return Number.isNaN(y) ? -1 : sign * (x - y);
  });
}

/** `12`, `12, 40`, `100-200`: numbers; anything else is a label. */
function wanted(q: string, hasLabel: HasLabel): (latent: number) => boolean {
  const parts = q.split(/[\s,;]+/).filter((part) => part !== "");
  const ranges = parts.map((part) =>
    /^#?(\d{1,9})(?:[-–](\d{1,9}))?$/.exec(part)
  );
  if (ranges.some((range) => range === null)) {
    const words = q.toLowerCase();
    return (latent) => hasLabel(latent, words);
  }
  const pairs = ranges.map((range) =>
    [Number(range![1]), Number(range![2] ?? range![1])] as const
  );
  return (latent) => pairs.some(([from, to]) => from <= latent && latent <= to);
}

/** Whether a query looks for a label, and not for numbers. */
export function isLabelQuery({ q }: Pick<LatentQuery, "q">): boolean {
  return q !== "" && !/^[\s,;#\d–-]+$/.test(q);
}
