/**
 * Endpoints of the API: one schema checks what is asked and documents it.
 *
 * @module
 */
import { z } from "zod";
import { Problem } from "../http/problem.ts";

/** An endpoint of the API. */
export interface Endpoint {
  /** The HTTP method; GET when absent. */
  readonly method?: "GET" | "POST";
  /** Its address; parts to fill in begin with a colon. */
  readonly path: string;
  /** What it answers, in a sentence. */
  readonly summary: string;
  /** The parameters of its query. */
  readonly query: z.ZodObject;
  /** Parameters whose names depend on the run, such as `min.<column>`. */
  readonly free?: Readonly<Record<string, string>>;
  /** The body of a request, as JSON. */
  readonly body?: z.ZodObject;
  /** The answer. */
  readonly answer: z.ZodType;
}

/** A whole number in a query: at most `most`, and `usual` when absent. */
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
 * @throws {Problem} When a value does not fit the schema.
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
