/**
 * Lists of plugins and tables of their options, for --help and `deno task plugins`.
 *
 * @module
 */
import { alignText, wrap } from "../../core/run/align_text.ts";
import { ConfigError } from "../../core/errors.ts";
import { jsonSchemaOf } from "../../core/run/json_schema.ts";
import {
  type Builtins,
  howToWrite,
  importPlugin,
  isSpecifier,
  kinds,
  loadPlugin,
  type LoadPluginOptions,
} from "../../core/run/load_plugin.ts";
import { nearest } from "../../core/run/nearest.ts";
import {
  type OptionRow,
  optionRows,
  optionsHelp,
} from "../../core/run/options_help.ts";
import type { Kind, Plugin } from "../../core/plugin.ts";
import { slots } from "../../core/run/run_schema.ts";

/** What each kind of plugin is for. */
const meanings: Readonly<Record<Kind, string>> = {
  dataset: "where pictures come from",
  encoder: "vision transformers, read at named places",
  sparsifier: "dictionaries of latents, and how they are learned",
  engine: "where the maths is done",
  probe: "questions to a trained dictionary",
};

/** The built-in plugins of the kinds in `only`, each with its description. */
export async function pluginList(
  options: LoadPluginOptions,
  only: readonly Kind[] = kinds,
): Promise<string> {
  const parts = await Promise.all(only.map(async (kind) => {
    const names = Object.keys(options.builtins[kind]);
    const rows = await Promise.all(
      names.map(async (name) => [name, await describe(kind, name, options)]),
    );
    const head = `${kind}: ${meanings[kind]}`;
    return names.length === 0
      ? `${head}\n  (none built in)`
      : `${head}\n${alignText(rows)}`;
  }));
  return parts.join("\n\n");
}

/** A plugin that cannot be loaded on this machine must not hide the others. */
async function describe(
  kind: Kind,
  name: string,
  options: LoadPluginOptions,
): Promise<string> {
  try {
    return (await loadPlugin(kind, name, options)).description;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return `(${error.message.split("\n")[0]})`;
  }
}

/**
 * The options of the plugin with this name or specifier (name, type, default
 * and meaning of each) and how a run uses it.
 *
 * @throws {ConfigError} When there is no such plugin; the nearest name is suggested.
 */
export async function pluginHelp(
  specifier: string,
  options: LoadPluginOptions,
): Promise<string> {
  const plugins = await findPlugins(specifier, options);
  return plugins.map((plugin) => onePlugin(specifier, plugin)).join("\n\n");
}

async function findPlugins(
  specifier: string,
  options: LoadPluginOptions,
): Promise<Plugin[]> {
  const { builtins, base } = options;
  const named = kinds.filter((kind) =>
    Object.hasOwn(builtins[kind], specifier)
  );
  if (named.length > 0) {
    return await Promise.all(
      named.map((kind) =>
        loadPlugin(kind, specifier, options) as Promise<Plugin>
      ),
    );
  }
  if (isSpecifier(specifier)) return [await importPlugin(specifier, base)];
  throw unknownPlugin(specifier, builtins);
}

function unknownPlugin(specifier: string, builtins: Builtins): ConfigError {
  const names = kinds.flatMap((kind) => Object.keys(builtins[kind]));
  const near = nearest(specifier, [...names, ...kinds]);
  const hints = [
    `built in are ${names.map((name) => `"${name}"`).join(", ")}`,
    howToWrite(specifier),
    ...(near === undefined ? [] : [`did you mean "${near}"?`]),
  ];
  return new ConfigError(
    "plugin",
    `Cannot find plugin "${specifier}": ${hints.join("; ")}`,
  );
}

function onePlugin(specifier: string, plugin: Plugin): string {
  const { kind, name, description } = plugin;
  const schema = jsonSchemaOf(plugin.options);
  const rows = optionRows(schema);
  const table = schema === undefined
    ? "  Its options cannot be listed: its schema does not describe them."
    : rows.length === 0
    ? "  It has no options."
    : optionsHelp(rows);
  const example = rows.find((row) => !row.name.includes("."));
  return [
    `${name} (${kind})`,
    wrap(description, 98).map((line) => `  ${line}`).join("\n"),
    "",
    table,
    "",
    slots.some((slot) => slot === kind)
      ? slotUsage(specifier, kind, example)
      : probeUsage(specifier, example),
  ].join("\n");
}

/** How a run names the plugin, with one option as an example. */
function slotUsage(
  use: string,
  kind: Kind,
  example: OptionRow | undefined,
): string {
  const lines = { file: `{ "use": "${use}" }`, typed: `--${kind}=${use}` };
  if (example !== undefined) {
    const { name, type } = example, value = valueOf(example);
    const text = ["text", "path"].includes(type) || /^[a-z]/i.test(value);
    const json = text ? `"${value}"` : value;
    lines.file = `{ "use": "${use}", "${name}": ${json} }`;
    lines.typed += ` --${kind}.${name}=${value}`;
  }
  return alignText([
    ["in a run's file", `"${kind}": ${lines.file}`],
    ["when typed", `deno task train ${lines.typed}`],
  ]);
}

/** How a probe is run, with one option as an example. */
function probeUsage(use: string, example: OptionRow | undefined): string {
  const option = example ? ` --${example.name}=${valueOf(example)}` : "";
  return `  deno task probe ${use} runs/<name>${option}`;
}

function valueOf({ default: standard }: OptionRow): string {
  return ["", "required"].includes(standard) ? "…" : standard;
}
