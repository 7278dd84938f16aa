/**
 * Writes a working plugin, its test and a run from the template of its kind.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../../core/errors.ts";
import { kinds } from "../../core/run/load_plugin.ts";
import { nearest } from "../../core/run/nearest.ts";
import type { Kind } from "../../core/plugin.ts";

/** The project's folder. */
const project = fileURLToPath(new URL("../..", import.meta.url));

/** What {@linkcode newPlugin} writes. */
export interface NewPluginOptions {
  /** The kind of plugin. */
  readonly kind: string;
  /** Its name, in kebab case. */
  readonly name: string;
  /** The folder to write to; it is made if need be. */
  readonly folder: string;
}

/**
 * Writes a plugin, its test and, where runs have a slot for its kind, a run that
 * uses it. Outside the project it also writes a `deno.json`, so that "tessera"
 * is found. Returns the paths.
 *
 * @throws {ConfigError} When the kind is unknown, the name does not fit, or a
 * file exists already; nothing is written then.
 */
export async function newPlugin(
  { kind, name, folder }: NewPluginOptions,
): Promise<string[]> {
  const files = await fromTemplate(checkedKind(kind), name);
  if (!isInside(folder, project)) {
    const map = new URL("../../deno.json", import.meta.url).href;
    files.set("deno.json", `${JSON.stringify({ importMap: map }, null, 2)}\n`);
  }
  const paths = [...files.keys()].map((file) => resolve(folder, file));
  for (const path of paths) await refuseExisting(path);
  await Deno.mkdir(folder, { recursive: true });
  for (const [file, text] of files) {
    await Deno.writeTextFile(resolve(folder, file), text, { createNew: true });
  }
  return paths;
}

/** The commands that test the new plugin and use it, as typed in the folder `user`. */
export function nextCommands(
  { kind, name, folder }: NewPluginOptions,
  user: string,
): [test: string, use: string] {
  const here = isInside(user, project);
  const task = here
    ? "deno task"
    : `deno task --config ${resolve(project, "deno.json")}`;
  // The test task reads paths from the project's folder, the others from the user's.
  const tested = here ? shortest(folder, project) : folder;
  const mine = shortest(folder, user);
  const file = `${/^[./]/.test(mine) ? mine : `./${mine}`}/${
    name.replaceAll("-", "_")
  }.ts`;
  return [
    `${task} test ${tested}`,
    kind === "probe"
      ? `${task} probe ${file} runs/<name>`
      : `${task} train ${mine}/run.json`,
  ];
}

/** `path` relative to the folder `from` where it lies inside, else as it is. */
export function shortest(path: string, from: string): string {
  return isInside(path, from) ? relative(from, path) || "." : path;
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !way.startsWith("..") && resolve(folder, way) === resolve(path);
}

function checkedKind(kind: string): Kind {
  const found = kinds.find((one) => one === kind);
  if (found !== undefined) return found;
  const near = nearest(kind, kinds);
  throw new ConfigError(
    "kind",
    `Cannot write a plugin of kind "${kind}": kinds are ${kinds.join(", ")}${
      near === undefined ? "" : `; did you mean "${near}"?`
    }`,
  );
}

/** The files of a kind's template, with the new name in their paths and texts. */
async function fromTemplate(
  kind: Kind,
  name: string,
): Promise<Map<string, string>> {
  const folder = new URL(`templates/${kind}/`, import.meta.url);
  const named = renamer(name);
  const files = new Map<string, string>();
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  for (const file of names.sort()) {
    const text = await Deno.readTextFile(new URL(file, folder));
    if (file === "my_plugin.ts") refuseTaken(name, text);
    files.set(named(file), named(text));
  }
  return files;
}

function renamer(name: string): (text: string) => string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new ConfigError(
      "name",
      `Cannot name a plugin "${name}": write lower-case letters, digits and hyphens, such as "my-sae"`,
    );
  }
  const camel = camelCase(name);
  const pascal = camel[0]!.toUpperCase() + camel.slice(1);
  return (text) =>
    text.replaceAll("my-plugin", name)
      .replaceAll("my_plugin", name.replaceAll("-", "_"))
      .replaceAll("myPlugin", camel)
      .replaceAll("MyPlugin", pascal);
}

function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase());
}

/** The name becomes a function's: it must not be a word of the language or of the template. */
function refuseTaken(name: string, template: string): void {
  const word = camelCase(name);
  const used = new RegExp(`\\b${word}\\b`).test(template);
  if (!used && isIdentifier(word)) return;
  throw new ConfigError(
    "name",
    `Cannot name a plugin "${name}": the word is taken in its code; add another, such as "my-${name}"`,
  );
}

function isIdentifier(word: string): boolean {
  try {
    new Function(word, "");
    return true;
  } catch {
    return false;
  }
}

async function refuseExisting(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw new ConfigError(
    "name",
    `Cannot write "${path}": it exists already; choose another name or --dir=folder`,
  );
}
