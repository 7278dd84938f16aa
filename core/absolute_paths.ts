/**
 * Options in, the same with their paths made absolute out.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type JsonSchema, schemaAt } from "./json_schema.ts";
import { pathUrl } from "./load_plugin.ts";

/** Options for {@linkcode absolutePaths}. */
export interface AbsolutePathsOptions {
  /** What the options' schema says of itself, when it does. */
  readonly schema: JsonSchema | undefined;
  /** Where a relative path starts, by the keys that lead to it: a folder's `file:` URL. */
  readonly startOf: (path: readonly string[]) => URL;
}

/**
 * Makes the paths inside `value` absolute: every text whose schema says
 * `format: "path"`, and every text that begins with `./` or `../`.
 *
 * @example
 * ```ts
 * import { absolutePaths } from "./absolute_paths.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const startOf = () => new URL("file:///home/ada/");
 * deepEqual(
 *   absolutePaths({ model: "../vit", size: 224 }, { schema: undefined, startOf }),
 *   { model: "/home/vit", size: 224 },
 * );
 * ```
 */
export function absolutePaths(
  value: unknown,
  { schema, startOf }: AbsolutePathsOptions,
  path: readonly string[] = [],
): unknown {
  if (typeof value === "string") {
    return isRelative(value, schema)
      ? fileURLToPath(pathUrl(value, startOf(path)))
      : value;
  }
  if (typeof value !== "object" || value === null) return value;
  const inner = (each: unknown, key: string) =>
    absolutePaths(each, { schema: schemaAt(schema, [key]), startOf }, [
      ...path,
      key,
    ]);
  return Array.isArray(value)
    ? value.map((each, i) => inner(each, String(i)))
    : Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, inner(each, key)]),
    );
}

function isRelative(text: string, schema: JsonSchema | undefined): boolean {
  if (/^\.{1,2}[/\\]/.test(text)) return true;
  // A Windows drive is one letter; more before a colon is a URL.
  return isPathNode(schema) && text !== "" && !/^\w{2,}:/.test(text);
}

function isPathNode(schema: JsonSchema | undefined): boolean {
  return schema?.format === "path" ||
    (schema?.anyOf ?? schema?.oneOf ?? []).some(isPathNode);
}
