/**
 * The models of runs, opened when a page first asks one something.
 *
 * @module
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Approve, Builtins } from "../../../core/run/load_plugin.ts";
import { loadDictionary } from "../../../core/train/load_dictionary.ts";
import { findHook, type OpenRun } from "../../../core/train/open_run.ts";
import { resolveRun } from "../../../core/run/run_config.ts";
import { stampOf } from "../runs/file_cache.ts";
import { type JobQueue, jobQueue } from "./job_queue.ts";
import { type LiveModel, liveModel } from "./live_model.ts";
import { lru } from "../runs/lru.ts";
import { asProblem, Problem } from "../http/problem.ts";
import type { Run } from "../runs/run_store.ts";

/** Models of runs. */
export interface LiveModels {
  /**
   * Asks a run's model a question when its turn comes, unless `signal` is
   * aborted before that.
   *
   * @throws {Problem} When the model or the dictionary cannot be opened or run.
   */
  ask<T>(
    run: Run,
    signal: AbortSignal | undefined,
    question: (model: LiveModel) => Promise<T>,
  ): Promise<T>;
  /** Closes them once all questions so far are answered. */
  close(): Promise<void>;
}

/** Models that are open at once: each holds an encoder, a dictionary and its threads. */
const openAtOnce = 2;

/** The most questions that may wait for one model. */
const mostWaiting = 32;

interface OpenModel {
  readonly model: LiveModel;
  close(): Promise<void>;
}

interface Entry {
  readonly queue: JobQueue;
  /** The version of its files when it was opened. */
  readonly stamp: string;
  opened?: Promise<OpenModel>;
}

/** Which plugins may run: all that are built in, and those that `approve` lets through. */
interface Plugins {
  readonly builtins: Builtins;
  readonly approve: Approve;
}

/** Opens models with the plugins that the runs' settings name. */
export function openLiveModels(plugins: Plugins): LiveModels {
  const closing = new Set<Promise<void>>();
  const drop = (entry: Entry): void => {
    // Questions that wait are answered first, and one of them may be what opens it.
    const close = async () => await (await entry.opened)?.close();
    const closed = entry.queue.last(close)
      .catch(() => {}).finally(() => closing.delete(closed));
    closing.add(closed);
  };
  const entries = lru<Entry>(openAtOnce, drop), keys = new Set<string>();
  return {
    async ask(run, signal, question) {
      const key = run.folder.path, stamp = await stampOfRun(run);
      let entry = entries.get(key);
      if (entry?.stamp !== stamp) {
        entry = { queue: jobQueue(mostWaiting), stamp };
        entries.set(key, entry, 1);
        keys.add(key);
      }
      const own = entry;
      return await own.queue.add(async () => {
        own.opened ??= open(run, plugins);
        const { model } = await own.opened.catch((error) => {
          // A missing file may be back the next time.
          delete own.opened;
          throw unusable(error, run, "open");
        });
        return await question(model).catch((error) => {
          throw unusable(error, run, "run");
        });
      }, signal);
    },
    async close() {
      for (const key of keys) entries.delete(key);
      await Promise.all(closing);
    },
  };
}

/** A stamp that changes when the settings or the dictionary do. */
async function stampOfRun({ name, folder, version }: Run): Promise<string> {
  const weights = join(folder.checkpoint, "sae_weights.safetensors");
  const stamp = await stampOf(weights);
  if (stamp !== undefined) return `${version} ${stamp}`;
  throw new Problem(
    404,
    `Cannot open the dictionary of "${name}": its checkpoint has no sae_weights.safetensors; it is written when the run is trained`,
  );
}

/** Why a question has no answer; a model's failure affects only its own pages. */
function unusable(error: unknown, { name }: Run, what: "open" | "run") {
  const problem = asProblem(error);
  if (problem.status !== 500) return problem;
  const { message } = error as Error;
  return new Problem(503, `Cannot ${what} the model of "${name}": ${message}`, {
    cause: error,
  });
}

/** Opens the encoder, and the dictionary on the `cpu` engine: the run's own engine may be slow, or missing here. */
async function open(
  run: Run,
  { builtins, approve }: Plugins,
): Promise<OpenModel> {
  const { config, folder, name } = run;
  if (!config) {
    throw new Problem(
      404,
      `Cannot open the model of "${name}": the run's settings cannot be read`,
    );
  }
  const base = new URL("./", pathToFileURL(folder.config));
  const resolved = await resolveRun(
    {
      config: { ...config, engine: { use: "cpu" } },
      source: `the settings of "${name}"`,
      base,
      cwd: base,
      typed: new Map(),
    },
    builtins,
    approve,
  );
  const parts: { close?(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.splice(0).toReversed()) await part.close?.();
  };
  try {
    const encoder = await resolved.create("encoder");
    parts.push(encoder);
    const hook = findHook(encoder, config.hook);
    const sparsifier = await resolved.create("sparsifier");
    const engine = await resolved.create("engine");
    parts.push(engine);
    const of = { engine, hook, sparsifier } as unknown as OpenRun;
    const params = await loadDictionary(of, folder);
    const dictionary = { engine, sparsifier, params };
    const { tokens } = config;
    return { model: liveModel({ encoder, hook, dictionary, tokens }), close };
  } catch (error) {
    await close();
    throw error;
  }
}
