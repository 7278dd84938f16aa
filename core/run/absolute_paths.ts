/**
 * Makes the paths in options absolute.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type JsonSchema, schemaAt } from "./json_schema.ts";
import { isPath, pathUrl } from "./load_plugin.ts";

/** Options for {@linkcode absolutePaths}. */
interface AbsolutePathsOptions {
  /** The JSON Schema of the options, if their library offers one. */
  readonly schema: JsonSchema | undefined;
  /** The folder that a relative path starts from, by the keys that lead to it, as a `file:` URL. */
  readonly startOf: (path: readonly string[]) => URL;
}

/**
 * Makes the paths inside `value` absolute: every string whose schema says
 * `format: "path"`, and every string that begins with `./` or `../`. Where the
 * schema says `format: "model"`, a hub id stays as it is unless a folder has
 * that name.
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
    return isRelative(value, schema) ||
        isModelFolder(value, schema, startOf(path))
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

/**
 * Whether `text` is a hub id such as Hugging Face's: `owner/name`, or
 * `owner/name@revision`.
 *
 * @example
 * ```ts
 * import { isHubId } from "./absolute_paths.ts";
 * import { equal } from "node:assert/strict";
 *
 * equal(isHubId("depth-anything/Depth-Anything-V2-Small-hf@main"), true);
 * equal(isHubId("./owner/name"), false);
 * equal(isHubId("a/../b"), false);
 * ```
 */
export function isHubId(text: string): boolean {
  // The hub forbids "--" in names, because its cache writes "/" so.
  return /^\w+([.-]\w+)*\/\w+([.-]\w+)*(@\w[\w.-]*(\/\w[\w.-]*)*)?$/
    .test(text);
}

function isRelative(text: string, schema: JsonSchema | undefined): boolean {
  return /^\.{1,2}[/\\]/.test(text) ||
    hasFormat(schema, "path") && isNoUrl(text);
}

/** Whether `text` names a model's folder rather than a model on a hub. */
function isModelFolder(
  text: string,
  schema: JsonSchema | undefined,
  start: URL,
): boolean {
  return hasFormat(schema, "model") && isNoUrl(text) &&
    (isPath(text) || !isHubId(text) || isFolder(pathUrl(text, start)));
}

function isNoUrl(text: string): boolean {
  // A Windows drive is one letter; a URL has more before its colon.
  return text !== "" && !/^\w{2,}:/.test(text);
}

function isFolder(url: URL): boolean {
  try {
    return Deno.statSync(url).isDirectory;
  } catch {
    return false;
  }
}

function hasFormat(schema: JsonSchema | undefined, format: string): boolean {
  return schema?.format === format ||
    (schema?.anyOf ?? schema?.oneOf ?? []).some((node) =>
      hasFormat(node, format)
    );
}
