/**
 * Plugins that the user let run, kept in a file of the user's cache folder.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { replaceTextFile } from "../../core/files/replace_file.ts";

/** Plugins that the user let run, by their address and content. */
export interface AcceptedPlugins {
  /** Whether this content was accepted there. */
  has(url: string, content: string): Promise<boolean>;
  /** Remembers it; the answer says why it cannot be remembered. */
  add(url: string, content: string): Promise<string | undefined>;
}

/**
 * The plugins in `file`, `tessera/plugins.json` of the user's cache folder: the
 * address of each, and the SHA-256 of what was accepted. A file that cannot be
 * read holds none.
 */
export function acceptedPlugins(
  file: string | undefined = acceptedFile(),
): AcceptedPlugins {
  const read = async (): Promise<Record<string, unknown>> => {
    try {
      const { accepted } = JSON.parse(await Deno.readTextFile(file!));
      return { ...accepted };
    } catch {
      return {};
    }
  };
  return {
    has: async (url, content) =>
      content !== "changing" && (await read())[url] === content,
    async add(url, content) {
      if (content === "changing") return "its code is not of one version";
      if (file === undefined) return "the folder for caches is not known";
      const accepted = { ...await read(), [url]: content };
      try {
        await Deno.mkdir(dirname(file), { recursive: true });
        await replaceTextFile(file, JSON.stringify({ accepted }, null, 2));
        return undefined;
      } catch (error) {
        return `${file} cannot be written (${(error as Error).message})`;
      }
    },
  };
}

/** Where accepted plugins are kept; undefined where the environment does not say. */
function acceptedFile(): string | undefined {
  try {
    const set = (name: string) => Deno.env.get(name) || undefined;
    const home = set("HOME") ?? set("USERPROFILE");
    const cache = set("XDG_CACHE_HOME") ?? (home && join(home, ".cache"));
    return cache && join(cache, "tessera", "plugins.json");
  } catch {
    return undefined;
  }
}
