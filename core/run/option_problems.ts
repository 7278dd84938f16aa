/**
 * Turns a schema's issues into messages that say what to write instead.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { ConfigError } from "../errors.ts";
import { type JsonSchema, schemaAt, typeWords } from "./json_schema.ts";
import { nearest } from "./nearest.ts";
import { optionRows } from "./options_help.ts";

/** Something wrong with a run's settings. */
export interface Problem {
  /** The setting, by dotted key: `"sparsifier.k"`. */
  readonly path: string;
  /** What is wrong. */
  readonly message: string;
  /** The error behind it. */
  readonly cause?: unknown;
}

/** Options for {@linkcode optionProblems}. */
interface OptionProblemsOptions {
  /** The value that was checked. */
  readonly value: unknown;
  /** Its JSON Schema, if there is one. */
  readonly schema: JsonSchema | undefined;
  /** Where the value stands in the run: `"sparsifier"`; empty for the run itself. */
  readonly at: string;
  /** What a key is called here: `key`, `option of "top-k"`. */
  readonly noun: string;
}

/** The problems behind a schema's issues. */
export function optionProblems(
  issues: readonly StandardSchemaV1.Issue[],
  options: OptionProblemsOptions,
): Problem[] {
  return issues.flatMap((issue) => {
    const path = issuePath(issue);
    const { keys } = issue as { keys?: unknown };
    if (Array.isArray(keys)) {
      return keys.map((key) => unknownKey([...path, String(key)], options));
    }
    return isUnknown(path, options.schema)
      ? [unknownKey(path, options)]
      : [wrongValue(path, issue.message, options)];
  });
}

/** One error that lists all `problems` found in `what`; there must be at least one. */
export function problemsError(
  what: string,
  problems: readonly Problem[],
): ConfigError {
  const [first, ...others] = problems as [Problem, ...Problem[]];
  const { path, cause } = first;
  if (others.length === 0 && cause instanceof ConfigError) return cause;
  const lines = problems.map((one) =>
    one.cause instanceof ConfigError
      ? one.message
      : `${one.path}: ${one.message}`
  );
  const list = others.length === 0
    ? lines[0]
    : `${lines.length} problems\n  ${lines.join("\n  ")}`;
  return new ConfigError(path, `Cannot use ${what}: ${list}`, { cause });
}

/** The keys that lead to the value an issue is about. */
export function issuePath(issue: StandardSchemaV1.Issue): string[] {
  return (issue.path ?? []).map((segment) =>
    String(typeof segment === "object" ? segment.key : segment)
  );
}

/** The value at `path` inside `value`. */
export function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}

function isUnknown(path: string[], schema: JsonSchema | undefined): boolean {
  const parent = schemaAt(schema, path.slice(0, -1));
  return path.length > 0 && parent?.additionalProperties === false &&
    !Object.hasOwn(parent.properties ?? {}, path.at(-1)!);
}

function unknownKey(
  path: string[],
  { schema, at, noun }: OptionProblemsOptions,
): Problem {
  const known = Object.keys(
    schemaAt(schema, path.slice(0, -1))?.properties ?? {},
  );
  const dotted = (keys: readonly string[]) =>
    [at, ...keys].filter(Boolean).join(".");
  const key = path.at(-1)!;
  const near = nearest(key, known) ??
    optionRows(schema).find(({ name }) => name.endsWith(`.${key}`))?.name;
  const hint = near !== undefined
    ? `, did you mean "${near}"?`
    : known.length > 0
    ? `, known are ${known.join(", ")}`
    : "";
  return { path: dotted(path), message: `no such ${noun}${hint}` };
}

function wrongValue(
  path: string[],
  message: string,
  { value, schema, at }: OptionProblemsOptions,
): Problem {
  const node = schemaAt(schema, path);
  const received = valueAt(value, path);
  const where = [at, ...path].filter(Boolean).join(".");
  if (received === undefined && path.length > 0) {
    const meaning = node?.description ? `: ${node.description}` : "";
    return { path: where, message: `is missing${meaning}` };
  }
  // The schema says more than a library's stock phrase, but less than an author's own message.
  const stock = /^(invalid|too (small|big)|expected)\b/i.test(message);
  const expected = stock && node ? `expected ${typeWords(node)}` : message;
  return { path: where, message: `${expected}, received ${shown(received)}` };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
