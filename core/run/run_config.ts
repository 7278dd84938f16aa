/**
 * Reads a run from its file and the command line, and checks it.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { absolutePaths } from "./absolute_paths.ts";
import { checkSettings } from "./check_settings.ts";
import { hashRun } from "./compare_runs.ts";
import { clsEncoder } from "../cls_encoder.ts";
import type { Encoder } from "../encoder.ts";
import { ConfigError } from "../errors.ts";
import { jsonSchemaOf } from "./json_schema.ts";
import {
  type Approve,
  type Builtins,
  isPath,
  loadPlugin,
  type LoadPluginOptions,
  pathUrl,
} from "./load_plugin.ts";
import {
  optionProblems,
  type Problem,
  problemsError,
} from "./option_problems.ts";
import type { Kinds, Plugin, PluginContext } from "../plugin.ts";
import { readJsonObject } from "./read_json.ts";
import { applyOverrides, parseOverride } from "./run_overrides.ts";
import { type RunConfig, runSchema, type Slot, slots } from "./run_schema.ts";

/** A run as written: its own keys are checked, but not its plugins' options. */
export interface RawRun {
  /** Its settings, with the defaults of its own keys. */
  readonly config: RunConfig;
  /** What to call it in errors. */
  readonly source: string;
  /** The folder that relative paths in the file start from, as a `file:` URL. */
  readonly base: URL;
  /** The folder that relative paths on the command line start from, as a `file:` URL. */
  readonly cwd: URL;
  /** What was typed on the command line, by dotted key. */
  readonly typed: ReadonlyMap<string, string>;
}

/** A run that is ready to start. */
export interface ResolvedRun {
  /** Every setting, with defaults and absolute paths: plain JSON, stored with the run. */
  readonly config: RunConfig;
  /** The SHA-256 of `config` without its `name` and `index`, in hexadecimal. */
  readonly hash: string;
  /** The folder that relative paths in its plugins' options start from, as a `file:` URL. */
  readonly base: URL;
  /** Creates the plugin in a slot, anew at each call; `report` hears its events. */
  create<S extends Slot>(
    slot: S,
    report?: PluginContext["report"],
  ): Promise<Kinds[S]>;
}

/**
 * Reads the run in the JSON file at `path`, or starts from an empty one, applies
 * `overrides` such as `"sparsifier.k=64"`, and checks every key except plugins'
 * options. `path` and the paths in `overrides` start at the folder `cwd`.
 *
 * @throws {ConfigError} When there is no such file, it holds no JSON object, or
 * settings are unknown or have wrong values; the message lists them all.
 */
export async function readRun(
  path: string | undefined,
  overrides: readonly string[],
  cwd: string,
): Promise<RawRun> {
  const settings = overrides.map(parseOverride);
  const file = path === undefined ? undefined : resolve(cwd, path);
  const written = file === undefined ? {} : await readJsonObject(file, path);
  const given = applyOverrides(written, settings);
  const typed = new Map(settings.map(({ key, text }) => [key, text]));
  const source = path === undefined ? "these settings" : `"${path}"`;
  const checked = await checkSettings(runSchema, given, typed);
  if (checked.issues) {
    const schema = jsonSchemaOf(runSchema);
    const where = { value: given, schema, at: "", noun: "key" };
    throw problemsError(source, optionProblems(checked.issues, where));
  }
  return {
    config: checked.value,
    source,
    base: folderUrl(file === undefined ? cwd : dirname(file)),
    cwd: folderUrl(cwd),
    typed,
  };
}

/**
 * Finds the plugins of a run, checks their options, fills in their defaults
 * and makes paths absolute, so that the result means the same from any folder.
 * An option is a path when its schema says `format: "path"`, or when it begins
 * with `./` or `../`. `approve` is asked before a plugin that is not built in
 * is imported; without it, all may run.
 *
 * @throws {ConfigError} When plugins cannot be found or loaded, may not run, or
 * options are unknown or have wrong values; the message lists them all.
 */
export async function resolveRun(
  raw: RawRun,
  builtins: Builtins,
  approve?: Approve,
): Promise<ResolvedRun> {
  const filled = await Promise.all(
    slots.map((slot) => fillSlot(slot, raw, { builtins, approve })),
  );
  const problems = filled.flatMap((slot) => slot.problems ?? []);
  if (problems.length > 0) throw problemsError(raw.source, problems);
  // Spread over the run as read, so that slots keep their order.
  const config: RunConfig = jsonCopy({
    ...raw.config,
    ...Object.fromEntries(filled.map(({ slot, config }) => [slot, config])),
  });
  return {
    config,
    hash: await hashRun(config),
    base: raw.base,
    create: async <S extends Slot>(
      slot: S,
      report?: PluginContext["report"],
    ): Promise<Kinds[S]> => {
      const { plugin, options } = filled.find((one) => one.slot === slot)!;
      const context = { base: raw.base, seed: config.seed, report };
      const made = await (plugin as Plugin<S>).create(options, context);
      return slot === "encoder" && config.tokens === "cls"
        ? await ofCls(made as Encoder) as Kinds[S]
        : made;
    },
  };
}

/** The encoder's CLS tokens; where there are none it is closed. */
async function ofCls(encoder: Encoder): Promise<Encoder> {
  try {
    return clsEncoder(encoder);
  } catch (error) {
    await encoder.close();
    throw error;
  }
}

/** The problems of a slot, or else its plugin and options. */
interface FilledSlot {
  readonly slot: Slot;
  readonly problems?: readonly Problem[];
  readonly config?: unknown;
  readonly options?: unknown;
  readonly plugin?: Plugin;
}

async function fillSlot(
  slot: Slot,
  raw: RawRun,
  { builtins, approve }: Pick<LoadPluginOptions, "builtins" | "approve">,
): Promise<FilledSlot> {
  const { use: written, ...given } = raw.config[slot];
  const use = isPath(written)
    ? fileURLToPath(pathUrl(written, startOf(raw, [slot, "use"])))
    : written;
  let plugin: Plugin;
  try {
    const typed = raw.typed.has(`${slot}.use`);
    const options = { builtins, approve, base: raw.base, typed };
    plugin = await loadPlugin(slot, use, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { path, message } = error;
    return { slot, problems: [{ path, message, cause: error }] };
  }
  const schema = jsonSchemaOf(plugin.options);
  const typed = typedInside(raw.typed, slot);
  const checked = await checkSettings(plugin.options, given, typed);
  if (checked.issues) {
    const noun = `option of "${plugin.name}"`;
    const where = { value: given, schema, at: slot, noun };
    return { slot, problems: optionProblems(checked.issues, where) };
  }
  // If a schema turns options into something JSON cannot hold, they are stored as written.
  const plain = isJson(checked.value);
  const stored = absolutePaths(plain ? checked.value : given, {
    schema,
    startOf: (path) => startOf(raw, [slot, ...path]),
  });
  return {
    slot,
    config: { use, ...stored as Record<string, unknown> },
    options: plain ? stored : checked.value,
    plugin,
  };
}

/** The folder that a relative path at `keys` starts from: the command line's if it was typed there, else the file's. */
function startOf(
  { typed, cwd, base }: RawRun,
  keys: readonly string[],
): URL {
  return keys.some((_, i) => typed.has(keys.slice(0, i + 1).join(".")))
    ? cwd
    : base;
}

/** The entries of `typed` inside `slot`, by their keys within it. */
function typedInside(
  typed: ReadonlyMap<string, string>,
  slot: Slot,
): Map<string, string> {
  const inside = [...typed].filter(([key]) => key.startsWith(`${slot}.`));
  return new Map(
    inside.map(([key, text]) => [key.slice(slot.length + 1), text]),
  );
}

function folderUrl(folder: string): URL {
  return new URL(`${pathToFileURL(resolve(folder)).href}/`);
}

function jsonCopy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function isJson(value: unknown): boolean {
  return typeof value === "object" && isDeepStrictEqual(value, jsonCopy(value));
}
