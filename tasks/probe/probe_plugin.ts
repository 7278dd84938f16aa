/**
 * Finds a probe's plugin and checks the options typed for it.
 *
 * @module
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkSettings } from "../../core/run/check_settings.ts";
import { jsonSchemaOf } from "../../core/run/json_schema.ts";
import { type Approve, loadPlugin } from "../../core/run/load_plugin.ts";
import {
  optionProblems,
  problemsError,
} from "../../core/run/option_problems.ts";
import type { Plugin } from "../../core/plugin.ts";
import { applyOverrides, parseOverride } from "../../core/run/run_overrides.ts";
import { builtins } from "../../plugins/mod.ts";
import { userFolder } from "../terminal/user_paths.ts";

/** A probe's plugin and its options, defaults filled in. */
export interface ProbePlugin {
  /** The plugin. */
  readonly plugin: Plugin<"probe">;
  /** Its options. */
  readonly options: unknown;
  /** The folder that paths in them are relative to: the user's. */
  readonly base: URL;
}

/**
 * Finds the probe that `use` names (a built-in, a path or `npm:`) and checks the
 * options in `typed`, such as `"images=32"`.
 *
 * @throws {ConfigError} When there is no such probe, or an option is unknown or wrong.
 */
export async function probePlugin(
  use: string,
  typed: readonly string[],
  approve: Approve,
): Promise<ProbePlugin> {
  const base = new URL(`${pathToFileURL(resolve(userFolder())).href}/`);
  const where = { builtins, base, approve, typed: true };
  const plugin = await loadPlugin("probe", use, where);
  const overrides = typed.map(parseOverride);
  const given = applyOverrides({}, overrides);
  const words = new Map(overrides.map(({ key, text }) => [key, text]));
  const checked = await checkSettings(plugin.options, given, words);
  if (!checked.issues) return { plugin, options: checked.value, base };
  const schema = jsonSchemaOf(plugin.options);
  const noun = `option of "${plugin.name}"`;
  throw problemsError(
    `probe "${use}"`,
    optionProblems(checked.issues, { value: given, schema, at: "", noun }),
  );
}
