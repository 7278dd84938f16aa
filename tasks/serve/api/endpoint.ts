/**
 * What an address of the API takes and answers, from which it is checked and
 * documented.
 *
 * @module
 */
import { z } from "zod";
import { Problem } from "../http/problem.ts";

/** An address of the API. */
export interface Endpoint {
  /** How it is asked; GET when absent. */
  readonly method?: "GET" | "POST";
  /** The address, its parts to fill in behind colons. */
  readonly path: string;
  /** What it answers, in a sentence. */
  readonly summary: string;
  /** What may stand behind the question mark. */
  readonly query: z.ZodObject;
  /** What may stand there under names that depend on the run: `min.<column>`. */
  readonly free?: Readonly<Record<string, string>>;
  /** What is sent with it, as JSON. */
  readonly body?: z.ZodObject;
  /** The answer. */
  readonly answer: z.ZodType;
}

/** A whole number in an address, with what stands in for it. */
export function wholeNumber(
  most: number,
  usual: number,
  meaning: string,
): z.ZodType<number> {
  return z.string().regex(/^\d{1,15}$/, "must be a whole number")
    .default(String(usual)).transform(Number)
    .pipe(z.number().max(most, `must be at most ${most}`))
    .describe(
      most < 2 ** 31
        ? `${meaning}; at most ${most.toLocaleString("en")}`
        : meaning,
    );
}

/**
 * The query of an address, checked.
 *
 * @throws {Problem} When a value is none that is taken.
 */
export function readQuery<S extends z.ZodType>(
  schema: S,
  params: URLSearchParams,
): z.infer<S> {
  const { success, data, error } = schema.safeParse(Object.fromEntries(params));
  if (success) return data;
  const { path, message } = error.issues[0]!;
  throw new Problem(
    400,
    `Cannot use ${path.join(".").slice(0, 40)}: ${message}`,
  );
}
