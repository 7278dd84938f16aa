/**
 * The runs of a folder, read when a page asks for them.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { z } from "zod";
import { hashRun } from "../../../core/run/compare_runs.ts";
import { ConfigError } from "../../../core/errors.ts";
import type { StoredIndex } from "../../../core/latents/read_latent_index.ts";
import type { TrainResults } from "../../../core/train/measure_trained.ts";
import { readJsonObject } from "../../../core/run/read_json.ts";
import { type RunFolder, runFolder } from "../../../core/run/run_folder.ts";
import { type RunConfig, runSchema } from "../../../core/run/run_schema.ts";
import { fileCache, stampOf } from "./file_cache.ts";
import { foldersIn } from "./folders_in.ts";
import {
  indexColumns,
  type LatentColumn,
  probeColumns,
} from "./latent_columns.ts";
import { lru } from "./lru.ts";
import { asProblem, Problem } from "../http/problem.ts";
import { indexBytes, openIndex } from "./open_index.ts";
import { metricsReader, type Series } from "./run_metrics.ts";
import { strangeFiles } from "./strange_files.ts";
import { resultsSchema } from "./results_schema.ts";

/** Whether a run is trained, still training, or neither. */
export type RunState =
  | "trained"
  | "training"
  | "stopped"
  | "unreadable";

/** A run, as its files are now. */
export interface Run {
  /** The name of its folder. */
  readonly name: string;
  /** Its files. */
  readonly folder: RunFolder;
  /** Its state. */
  readonly state: RunState;
  /** Its settings; absent where they cannot be read. */
  readonly config?: RunConfig;
  /** Changes with its settings and with what its encoder sees of a picture: part of addresses that browsers may cache. */
  readonly version: string;
  /** Its measurements; absent until it is trained. */
  readonly results?: TrainResults;
  /** Its curves. */
  readonly series: Series;
  /** Whether it has an index. */
  readonly indexed: boolean;
  /** Where the activations come from, as its checkpoint says. */
  readonly provenance: Readonly<Record<string, unknown>>;
  /** Sentences on what is wrong with its files. */
  readonly problems: readonly string[];
}

/** An index, and everything that is known of its latents. */
export interface RunIndex {
  /** Changes when the index does. */
  readonly version: string;
  /** The index. */
  readonly index: StoredIndex;
  /** The columns that latents can be sorted by: those of the index, then those of probes. */
  readonly columns: readonly LatentColumn[];
  /** Sentences on what cannot be used. */
  readonly problems: readonly string[];
}

/** The runs of a folder. */
export interface RunStore {
  /** The folder. */
  readonly root: string;
  /** All runs, the newest first. */
  list(): Promise<readonly Run[]>;
  /**
   * The run with that name.
   *
   * @throws {Problem} When the folder has none.
   */
  run(name: string): Promise<Run>;
  /**
   * A run's index, with the columns of its probes.
   *
   * @throws {Problem} When it has no index that can be used.
   */
  latents(run: Run): Promise<RunIndex>;
}

/** The most bytes of indexes that are kept; the one used last is always kept. */
const indexRoom = 200 * 2 ** 20;

/** Milliseconds after which a run whose log has not grown counts as stopped. */
const quiet = 3 * 60_000;

/** Options for {@linkcode openRunStore}. */
interface RunStoreOptions {
  /** What errors call the folder. */
  readonly shownPath?: string;
  /** Sentences on what is not shown of a run with these settings. */
  readonly notices?: (config: RunConfig) => readonly string[];
}

/**
 * The runs in `path`, or the one run that `path` is.
 *
 * @throws {ConfigError} When it holds no run.
 */
export async function openRunStore(
  path: string,
  { shownPath = path, notices = () => [] }: RunStoreOptions = {},
): Promise<RunStore> {
  const single = await isFile(join(path, "config.json"));
  const root = single ? dirname(path) : path;
  const names = async (): Promise<string[]> =>
    single ? [basename(path)] : await runNames(root);
  if ((await names()).length === 0) {
    throw new ConfigError(
      "runs",
      `Cannot find a run in "${shownPath}": it holds no folder with a config.json; train one with: deno task train`,
    );
  }
  const read = runReader(root, notices);
  const find = async (name: string): Promise<Run> => {
    if ((await names()).includes(name)) {
      const why = await strangeFiles(runFolder(join(root, name)));
      if (why === undefined) return await read(name);
      throw new Problem(403, `Cannot show run "${name}": ${why}`);
    }
    throw new Problem(
      404,
      `Cannot find run "${
        name.slice(0, 80)
      }": it was moved, deleted or never here; the runs are listed on the first page`,
    );
  };
  const readOrNot = async (name: string): Promise<Run> => {
    const folder = runFolder(join(root, name));
    const why = await strangeFiles(folder);
    return why === undefined ? await read(name) : unread(name, folder, why);
  };
  return {
    root,
    list: async () => {
      const runs = await Promise.all((await names()).map(readOrNot));
      const times = await Promise.all(runs.map(lastWrite));
      return runs.map((run, i) => ({ run, time: times[i]! }))
        .sort((a, b) => b.time - a.time).map(({ run }) => run);
    },
    run: find,
    latents: latentsReader(),
  };
}

/** A run whose files are not read. */
function unread(name: string, folder: RunFolder, why: string): Run {
  return {
    ...{ name, folder },
    state: "unreadable",
    version: "none",
    series: { tokens: [], values: {}, bytes: 0, skipped: 0 },
    indexed: false,
    provenance: {},
    problems: [`Its files are not read: ${why}`],
  };
}

async function runNames(root: string): Promise<string[]> {
  const folders = await foldersIn(root);
  const isRun = await Promise.all(
    folders.map((name) => isFile(join(root, name, "config.json"))),
  );
  return folders.filter((_, i) => isRun[i]);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}

/** When something of a run was last written, in milliseconds. */
async function lastWrite({ folder }: Pick<Run, "folder">): Promise<number> {
  const paths = [folder.config, folder.metrics, folder.state, folder.results];
  const times = await Promise.all(
    paths.map((path) =>
      Deno.stat(path).then(({ mtime }) => mtime?.getTime() ?? 0, () => 0)
    ),
  );
  return Math.max(...times);
}

function runReader(
  root: string,
  notices: (config: RunConfig) => readonly string[],
): (name: string) => Promise<Run> {
  const readConfig = fileCache(async (path) =>
    checked(path, runSchema, await readJsonObject(path))
  );
  const readResults = fileCache(async (path) =>
    checked(path, resultsSchema, await readJsonObject(path))
  );
  const readCfg = fileCache(async (path) =>
    provenanceIn(await readJsonObject(path))
  );
  const readMetrics = metricsReader();
  return async (name) => {
    const folder = runFolder(join(root, name)), problems: string[] = [];
    const or = async <T>(found: Promise<T>): Promise<T | undefined> => {
      try {
        return await found;
      } catch (error) {
        problems.push(asProblem(error).message);
        return undefined;
      }
    };
    const config = await or(readConfig(folder.config));
    const results = await or(readResults(folder.results));
    problems.push(...config ? notices(config) : []);
    const series = await readMetrics(folder.metrics);
    const cfg = join(folder.checkpoint, "cfg.json");
    const provenance = await readCfg(cfg).catch(() => undefined) ?? {};
    const { preprocessing } = provenance, seen = { ...config!, preprocessing };
    const indexed = await isFile(join(folder.index, "index.json"));
    const isFresh = Date.now() - await lastWrite({ folder }) < quiet;
    if (series.skipped > 0) {
      problems.push(
        series.skipped === 1
          ? "1 line of metrics.jsonl is not a step and is not drawn"
          : `${series.skipped} lines of metrics.jsonl are not steps and are not drawn`,
      );
    }
    return {
      name,
      folder,
      state: !config
        ? "unreadable"
        : results
        ? "trained"
        : isFresh
        ? "training"
        : "stopped",
      ...config && { config },
      version: config ? (await hashRun(seen)).slice(0, 12) : "none",
      ...results && { results },
      series,
      indexed,
      provenance,
      problems,
    };
  };
}

function checked<T>(path: string, schema: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const { path: at, message } = error.issues[0]!;
  throw new ConfigError(
    path,
    `Cannot use "${basename(path)}" of this run: ${
      at.join(".") || "it"
    }: ${message}; it may come from another version`,
  );
}

function provenanceIn(cfg: Record<string, unknown>): Record<string, unknown> {
  const { metadata } = cfg as {
    metadata?: { tessera?: { encoder?: unknown } };
  };
  const encoder = metadata?.tessera?.encoder;
  return typeof encoder === "object" && encoder !== null ? { ...encoder } : {};
}

function latentsReader(): RunStore["latents"] {
  const kept = lru<{ version: string; opened: Promise<StoredIndex> }>(
    indexRoom,
  );
  const readProbes = probeColumns();
  return async ({ folder, name, config, state }) => {
    const description = join(folder.index, "index.json");
    const version = await stampOf(description);
    if (version === undefined) throw noIndex(name, state);
    let entry = kept.get(folder.path);
    if (entry?.version !== version) {
      entry = { version, opened: openIndex(folder.index) };
      kept.set(folder.path, entry, 0);
      entry.opened.then(
        (index) => {
          if (kept.get(folder.path) !== entry) return;
          kept.set(folder.path, entry!, indexBytes(index));
        },
        () => kept.delete(folder.path),
      );
    }
    const index = await entry.opened;
    const probes = await readProbes(folder.path, index.info.dSae);
    const isOther = config && await hashRun(config) !== index.info.run;
    return {
      version,
      index,
      columns: [...indexColumns(index), ...probes.columns],
      problems: [
        ...isOther
          ? [
            "The index was made with other settings than the run has now; make it again with: deno task index",
          ]
          : [],
        ...probes.problems,
      ],
    };
  };
}

function noIndex(name: string, state: RunState): Problem {
  const how = state === "training"
    ? "it is still training, and is indexed at the end"
    : `make one with: deno task index runs/${name}`;
  return new Problem(
    404,
    `Cannot show the latents of "${name}": the run has no index; ${how}`,
  );
}
