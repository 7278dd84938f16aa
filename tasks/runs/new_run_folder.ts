/**
 * Makes the folder of a new run, or finds that of the same run.
 *
 * @module
 */
import { join } from "node:path";
import { hashRun } from "../../core/run/compare_runs.ts";
import { ConfigError } from "../../core/errors.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import { readJsonObject } from "../../core/run/read_json.ts";
import { replaceTextFile } from "../../core/files/replace_file.ts";
import type { RunConfig } from "../../core/run/run_schema.ts";
import {
  makeRunFolder,
  type RunFolder,
  runFolder,
} from "../../core/run/run_folder.ts";
import { inUserFolder, shown } from "../terminal/user_paths.ts";

/**
 * Makes the folder of a new run under `runs/` and stores its settings there.
 *
 * @throws {ConfigError} When its name is taken, or the folder cannot be made.
 */
export async function newRunFolder(
  { config }: Pick<OpenRun, "config">,
): Promise<RunFolder> {
  const runs = inUserFolder("runs");
  try {
    await Deno.mkdir(runs, { recursive: true });
    const folder = runFolder(join(runs, await takeName(runs, config)));
    await makeRunFolder(folder);
    const text = `${JSON.stringify(config, null, 2)}\n`;
    await replaceTextFile(folder.config, text);
    return folder;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { message } = error as Error;
    throw new ConfigError(
      "name",
      `Cannot make the folder of the run in "${runs}": ${message}`,
      { cause: error },
    );
  }
}

/**
 * The folder of the run with these settings; it is made if there is none yet.
 * Probes of an untrained model use it, so that all their results lie together.
 *
 * @throws {ConfigError} When the run's name is taken by another run.
 */
export async function sameRunFolder(
  run: Pick<OpenRun, "config">,
): Promise<RunFolder> {
  const runs = inUserFolder("runs"), hash = await hashRun(run.config);
  const name = run.config.name ?? wordsOf(run.config);
  for (let n = 1;; n++) {
    const folder = runFolder(join(runs, n === 1 ? name : `${name}-${n}`));
    const config = await readJsonObject(folder.config, folder.config)
      .catch(() => undefined);
    if (!config) return await newRunFolder(run);
    if (await hashRun(config as unknown as RunConfig) === hash) return folder;
    // The given name is taken by another run: newRunFolder throws.
    if (run.config.name !== undefined) return await newRunFolder(run);
  }
}

/** Makes the first free folder at once, so that two runs that start together do not share one. */
async function takeName(
  runs: string,
  config: OpenRun["config"],
): Promise<string> {
  const name = config.name ?? wordsOf(config);
  for (let n = 1;; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    try {
      await Deno.mkdir(join(runs, free));
      return free;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
    if (config.name === undefined) continue;
    const path = shown(join(runs, name));
    throw new ConfigError(
      "name",
      `Cannot start run "${name}": ${path} exists; continue it with --resume ${path}, or choose another --name`,
    );
  }
}

/** A name from the plugins': `scenes-patches-batch-top-k`. */
function wordsOf({ dataset, encoder, sparsifier }: OpenRun["config"]): string {
  const words = [dataset, encoder, sparsifier].map(({ use }) =>
    use.replace(/\.[a-z]+$/, "").split(/[\/:]/).at(-1)!
  );
  return words.join("-");
}
