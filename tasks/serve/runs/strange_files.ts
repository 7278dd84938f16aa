/**
 * Files of a run's folder that are not read: a run that came from elsewhere may
 * hold links to files of this machine, or pipes that never end.
 *
 * @module
 */
import { join, sep } from "node:path";
import type { RunFolder } from "../../../core/run/run_folder.ts";

/** The most files that a run may hold: far more than a run with every probe. */
const mostFiles = 20_000;

/** Why the files of a run are not read; undefined where all are plain and its own. */
export async function strangeFiles(
  { path, checkpoint, index, probes }: RunFolder,
): Promise<string | undefined> {
  const home = await Deno.realPath(path);
  const folders: string[] = [path];
  let files = 0;
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    for (const entry of await entriesOf(folder)) {
      const full = join(folder, entry.name);
      const shown = JSON.stringify(full.slice(path.length + 1));
      if (++files > mostFiles) return `it holds more than ${mostFiles} files`;
      const inside = folder !== path ||
        [checkpoint, index, probes].includes(full);
      if (entry.isSymlink) {
        const to = await Deno.realPath(full).catch(unlessGone);
        if (to === undefined) continue;
        if (!to.startsWith(home + sep)) {
          return `${shown} is a link that leads out of its folder; put the file itself there`;
        }
      } else if (entry.isDirectory) {
        if (inside) folders.push(full);
      } else if (!entry.isFile) {
        return `${shown} is neither a file nor a folder; remove it`;
      }
    }
  }
  return undefined;
}

async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A link to nothing shows nothing. */
function unlessGone(error: unknown): undefined {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
