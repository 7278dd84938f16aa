/**
 * Finds, imports and checks plugins.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { ConfigError } from "../errors.ts";
import { nearest } from "./nearest.ts";
import type { Kind, Plugin } from "../plugin.ts";

/** The built-in plugins by kind and name, each a lazy import. */
export type Builtins = {
  readonly [K in Kind]: Readonly<Record<string, () => Promise<unknown>>>;
};

/** A plugin that is not built in, before any of its code has run. */
export interface ForeignPlugin {
  /** What it was named for: the slot of a run, or `"probe"`. */
  readonly kind: Kind;
  /** As it was written. */
  readonly specifier: string;
  /** What would be imported: a `file:` URL, or the specifier of a package. */
  readonly url: string;
  /** Whether its user typed it, rather than a file naming it. */
  readonly typed: boolean;
}

/**
 * Decides whether a foreign plugin may run, and throws a `ConfigError` where it
 * may not. Importing a module runs it, so this comes before the import.
 */
export type Approve = (plugin: ForeignPlugin) => Promise<void>;

/** Where {@linkcode loadPlugin} looks. */
export interface LoadPluginOptions {
  /** The built-in plugins. */
  readonly builtins: Builtins;
  /** The folder that relative paths start from, as a `file:` URL. */
  readonly base: URL;
  /** Asked before a plugin that is not built in is imported; by default all may run. */
  readonly approve?: Approve | undefined;
  /** Whether the user typed the specifier. */
  readonly typed?: boolean | undefined;
}

/** Every kind of plugin, in the order data flows. */
export const kinds: readonly Kind[] = [
  "dataset",
  "encoder",
  "sparsifier",
  "engine",
  "probe",
];

/**
 * Finds and imports the plugin that `specifier` names: a built-in's name, a
 * path (`./`, `../`, `/`) from `base`, or an `npm:`, `jsr:`, `https:` or
 * `file:` specifier. Does not create it or check its options.
 *
 * @throws {ConfigError} When there is none, it may not run, it cannot be
 * imported, or it is not a plugin of `kind`.
 *
 * @example
 * ```ts
 * import { loadPlugin } from "tessera";
 * import { rejects } from "node:assert/strict";
 *
 * const none = { dataset: {}, encoder: {}, sparsifier: {}, engine: {}, probe: {} };
 * await rejects(
 *   loadPlugin("sparsifier", "mine", {
 *     builtins: none,
 *     base: new URL("file:///tmp/"),
 *   }),
 *   /write ".\/mine.ts" for a file or "npm:mine" for a package/,
 * );
 * ```
 */
export async function loadPlugin<K extends Kind>(
  kind: K,
  specifier: string,
  { builtins, base, approve, typed = false }: LoadPluginOptions,
): Promise<Plugin<K>> {
  const known = builtins[kind];
  if (Object.hasOwn(known, specifier)) {
    return await checked(known[specifier]!, specifier, kind) as Plugin<K>;
  }
  const url = moduleUrl(specifier, base);
  if (url === undefined) throw notFound(kind, specifier, builtins);
  await approve?.({ kind, specifier, url, typed });
  return await checked(() => import(url), specifier, kind) as Plugin<K>;
}

/**
 * Imports a plugin of any kind, named by a path from the folder `base` or an
 * `npm:`, `jsr:`, `https:` or `file:` specifier.
 *
 * @throws {ConfigError} When `specifier` is neither, cannot be imported, or is
 * not a plugin.
 */
export async function importPlugin(
  specifier: string,
  base: URL,
): Promise<Plugin> {
  const url = moduleUrl(specifier, base);
  if (url !== undefined) return await checked(() => import(url), specifier);
  throw new ConfigError(
    "plugin",
    `Cannot find plugin "${specifier}": ${howToWrite(specifier)}`,
  );
}

/** Whether `text` is written as a path: it begins with a dot, a slash or a Windows drive. */
export function isPath(text: string): boolean {
  return /^(\.{0,2}[/\\]|[a-z]:[/\\])/i.test(text);
}

/** Whether `text` says where a module is: a path, or `npm:`, `jsr:`, `https:`, `file:`. */
export function isSpecifier(text: string): boolean {
  return isPath(text) || /^(npm|jsr|https|file):/.test(text);
}

/** The file at `path`, which may be relative to the folder `base`. */
export function pathUrl(path: string, base: URL): URL {
  return pathToFileURL(resolve(fileURLToPath(base), path));
}

/** What to import for `specifier`; undefined where it does not say where a module is. */
function moduleUrl(specifier: string, base: URL): string | undefined {
  if (!isSpecifier(specifier)) return undefined;
  return isPath(specifier) ? pathUrl(specifier, base).href : specifier;
}

async function checked(
  load: () => Promise<unknown>,
  specifier: string,
  kind?: Kind,
): Promise<Plugin> {
  const what = kind ?? "plugin";
  let module: { readonly default?: unknown };
  try {
    module = await load() as typeof module;
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    // Deno adds colours and line breaks.
    const why = stripVTControlCharacters(text).replace(/\s*\n\s*/g, " ");
    throw new ConfigError(what, `Cannot load ${what} "${specifier}": ${why}`, {
      cause,
    });
  }
  const wrong = whatIsWrong(module.default, kind);
  if (wrong === undefined) return module.default as Plugin;
  throw new ConfigError(what, `Cannot use "${specifier}" as ${what}: ${wrong}`);
}

/** Why `found` is not a plugin of `kind`, or of any kind when none is given. */
function whatIsWrong(found: unknown, kind?: Kind): string | undefined {
  if (typeof found !== "object" || found === null || !("kind" in found)) {
    const wanted = kind === undefined ? "kind" : `kind: "${kind}"`;
    return `its default export must be { apiVersion: 1, ${wanted}, … }, found ${
      kindOfValue(found)
    }`;
  }
  const plugin = found as Partial<Plugin>;
  if (kind ? plugin.kind !== kind : !kinds.includes(plugin.kind!)) {
    return `its kind is ${JSON.stringify(plugin.kind)}`;
  }
  if (plugin.apiVersion !== 1) {
    return `its apiVersion is ${plugin.apiVersion}, only 1 is known here`;
  }
  if (typeof plugin.options?.["~standard"]?.validate !== "function") {
    return "its options are not a Standard Schema, as zod, Valibot and ArkType make";
  }
  return typeof plugin.create === "function"
    ? undefined
    : "it has no create function";
}

/** Describes an export. */
function kindOfValue(value: unknown): string {
  if (value === undefined) return "none";
  if (typeof value !== "object" || value === null) return String(typeof value);
  const keys = Object.keys(value);
  const more = keys.length > 5 ? ", …" : "";
  return `an object with ${keys.slice(0, 5).join(", ") || "no keys"}${more}`;
}

function notFound(
  kind: Kind,
  specifier: string,
  builtins: Builtins,
): ConfigError {
  const names = Object.keys(builtins[kind]);
  const near = nearest(specifier, names);
  const other = kinds.find((one) => Object.hasOwn(builtins[one], specifier));
  const hints = [
    names.length === 0
      ? "none is built in"
      : `built in are ${names.map((name) => `"${name}"`).join(", ")}`,
    ...(other === undefined ? [] : [`"${specifier}" is of kind ${other}`]),
    howToWrite(specifier),
    ...(near === undefined ? [] : [`did you mean "${near}"?`]),
  ];
  return new ConfigError(
    kind,
    `Cannot find ${kind} "${specifier}": ${hints.join("; ")}`,
  );
}

/** How to name a plugin that is not built in. */
export function howToWrite(word: string): string {
  const file = /\.\w+$/.test(word) ? word : `${word}.ts`;
  return `write "./${file}" for a file or "npm:${word}" for a package`;
}
