/**
 * Checks settings against a schema and fills in defaults.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { issuePath, valueAt } from "./option_problems.ts";
import { applyOverrides, type Override } from "./run_overrides.ts";

/** Checked settings, or what is wrong with them. */
type Checked<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaV1.Issue[] };

/**
 * Checks `given` against `schema`. A value in `typed`, which holds what was typed
 * on the command line by dotted key, counts as text where the schema wants text,
 * even if it looks like a number: `--name=7`.
 */
export async function checkSettings<T>(
  schema: StandardSchemaV1<unknown, T>,
  given: Readonly<Record<string, unknown>>,
  typed: ReadonlyMap<string, string>,
): Promise<Checked<T>> {
  const standard = schema["~standard"];
  const first = await standard.validate(given);
  if (!first.issues) return { value: first.value };
  const quoted = first.issues.flatMap((issue) => asText(issue, given, typed));
  const second = await standard.validate(applyOverrides(given, quoted));
  if (!second.issues) return { value: second.value };
  const still = second.issues.map((issue) => issuePath(issue).join("."));
  const helped = quoted.filter(({ key }) => !still.includes(key));
  const last = await standard.validate(applyOverrides(given, helped));
  return last.issues ? { issues: last.issues } : { value: last.value };
}

function asText(
  issue: StandardSchemaV1.Issue,
  given: unknown,
  typed: ReadonlyMap<string, string>,
): Override[] {
  const path = issuePath(issue);
  const key = path.join(".");
  const text = typed.get(key);
  return text === undefined || typeof valueAt(given, path) === "string"
    ? []
    : [{ key, text: JSON.stringify(text) }];
}
