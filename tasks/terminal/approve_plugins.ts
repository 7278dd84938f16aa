// deno-lint-ignore-file no-console
/**
 * Asks before a plugin that is not built in runs.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import type { Approve, ForeignPlugin } from "../../core/run/load_plugin.ts";
import { type AcceptedPlugins, acceptedPlugins } from "./accepted_plugins.ts";

/** How {@linkcode approvePlugins} decides; everything has a default. */
export interface ApproveOptions {
  /** Whether the user typed `--trust-plugins`. */
  readonly trusted?: boolean;
  /** Asks a question with yes or no; absent where nobody can answer. */
  readonly ask?: ((question: string) => boolean) | undefined;
  /** Tells the user something. */
  readonly say?: (text: string) => void;
  /** What was accepted before. */
  readonly accepted?: AcceptedPlugins;
}

/**
 * Names each plugin that is not built in before it runs, and lets it run when
 * the user typed its name or `--trust-plugins`, accepted the same bytes before,
 * or accepts them now. What was typed or accepted is remembered. One answer
 * holds for the whole command.
 */
export function approvePlugins(options: ApproveOptions = {}): Approve {
  const decided = new Map<string, Promise<void>>();
  return (plugin) => {
    const before = decided.get(plugin.url);
    if (before) return before;
    const decision = decide(plugin, options);
    decided.set(plugin.url, decision);
    return decision;
  };
}

async function decide(
  plugin: ForeignPlugin,
  {
    trusted = false,
    ask = Deno.stdin.isTerminal() ? confirm : undefined,
    say = console.error,
    accepted = acceptedPlugins(),
  }: ApproveOptions,
): Promise<void> {
  const { kind, specifier, url, typed } = plugin;
  const hash = await contentOf(url);
  // The import says what is missing.
  if (hash === "missing") return;
  if (await accepted.has(url, hash)) return;
  const bytes = /^[0-9a-f]{64}$/.test(hash) ? `, SHA-256 ${hash}` : "";
  const name = `${kind} plugin ${quoted(specifier)}`;
  say(
    `the ${name} (${
      quoted(placeOf(url))
    }${bytes}) is not built in: its code can do whatever you can`,
  );
  if (trusted) return;
  if (!typed) {
    if (!ask) throw refused(kind, name, "there is no terminal to ask on");
    if (!ask("Run it?")) throw refused(kind, name, "it was not accepted");
  }
  const why = await accepted.add(url, hash);
  if (why !== undefined) say(`it will be asked about again: ${why}`);
}

function refused(kind: string, name: string, why: string): ConfigError {
  return new ConfigError(
    kind,
    `Cannot run the ${name}: ${why}; read its code, then add --trust-plugins`,
  );
}

/** Text of a stranger, which may hold line breaks and colours. */
function quoted(text: string): string {
  return JSON.stringify(stripVTControlCharacters(text));
}

function placeOf(url: string): string {
  return isFile(url) ? fileURLToPath(url) : url;
}

function isFile(url: string): boolean {
  return URL.canParse(url) && /^file:\/\/\//.test(new URL(url).href);
}

/**
 * What tells the code at `url` from other code: the SHA-256 of a file; the name
 * of a package with one version; `"changing"` for what may be another thing
 * tomorrow.
 */
async function contentOf(url: string): Promise<string> {
  if (!isFile(url)) {
    return /^(npm|jsr):.+@\d+\.\d+\.\d+[^/]*$/.test(url) ? url : "changing";
  }
  try {
    const bytes = await Deno.readFile(fileURLToPath(url));
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return new Uint8Array(hash).toHex();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    return "changing";
  }
}
