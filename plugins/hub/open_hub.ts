/**
 * Opens the hub that the environment variables name.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { ConfigError } from "../../mod.ts";
import type { Hub } from "./hub.ts";

/** The only environment variables that are read. */
const variables = [
  "HF_ENDPOINT",
  "HF_HOME",
  "HF_HUB_CACHE",
  "HF_HUB_OFFLINE",
  "HF_TOKEN",
  "HF_TOKEN_PATH",
  "XDG_CACHE_HOME",
  Deno.build.os === "windows" ? "USERPROFILE" : "HOME",
];

/** Environment variables by name; an empty one counts as unset. */
export type HubVariables = Readonly<Record<string, string | undefined>>;

/**
 * The hub that the environment names, with the variables and defaults of Hugging
 * Face's own programs: `HF_ENDPOINT`, `HF_TOKEN` or the file at `HF_TOKEN_PATH`,
 * `HF_HOME`, `HF_HUB_CACHE`, `XDG_CACHE_HOME` and `HF_HUB_OFFLINE`. `changes`
 * override them.
 *
 * @throws {ConfigError} When `HF_ENDPOINT` is not an address, no variable says
 * where the cache is, or the environment may not be read.
 */
export async function openHub(
  changes: Partial<Hub> = {},
  set: HubVariables = readVariables(),
): Promise<Hub> {
  const home = set.HF_HOME ||
    join(set.XDG_CACHE_HOME || join("~", ".cache"), "huggingface");
  const token = fromHome(set.HF_TOKEN_PATH || join(home, "token"), set);
  return {
    endpoint: checkedEndpoint(set.HF_ENDPOINT || "https://huggingface.co"),
    token: set.HF_TOKEN?.trim() || await readToken(token),
    cache: fromHome(set.HF_HUB_CACHE || join(home, "hub"), set),
    offline: /^(1|on|yes|true)$/i.test(set.HF_HUB_OFFLINE ?? ""),
    idle: 30_000,
    wait: (milliseconds) =>
      new Promise((done) => setTimeout(done, milliseconds)),
    report: () => {},
    ...changes,
  };
}

function readVariables(): HubVariables {
  try {
    return Object.fromEntries(
      variables.map((name) => [name, Deno.env.get(name)]),
    );
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    const flag = `--allow-env=${variables.join(",")}`;
    throw new ConfigError(
      "encoder.model",
      `Cannot find the model cache: this program may not read the environment; run it with ${flag}`,
      { cause },
    );
  }
}

function checkedEndpoint(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? "")) {
    return text.replace(/\/+$/, "");
  }
  throw new ConfigError(
    "encoder.model",
    `Cannot use HF_ENDPOINT "${text}": write an address such as "https://huggingface.co"`,
  );
}

async function readToken(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim() || undefined;
  } catch {
    // Most models need none; the hub says so when one does.
    return undefined;
  }
}

/** An absolute path; `~` is the user's folder, as in Hugging Face's own programs. */
function fromHome(path: string, set: HubVariables): string {
  if (!/^~(?=$|[\\/])/.test(path)) return resolve(path);
  const home = set.USERPROFILE || set.HOME;
  if (home) return resolve(home, `.${path.slice(1)}`);
  throw new ConfigError(
    "encoder.model",
    `Cannot find the model cache: no variable names the user's folder; set HF_HOME to a folder for it`,
  );
}
