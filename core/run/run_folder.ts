/**
 * The files of a run.
 *
 * ```
 * runs/<name>/
 *   config.json                        every setting, and what made the activations
 *   metrics.jsonl                      a line for each logged step
 *   results.json                       the final measurements
 *   skipped.json                       pictures that could not be decoded, and why; absent if there are none
 *   checkpoint/sae_weights.safetensors the dictionary, in SAELens's layout
 *   checkpoint/cfg.json                its description
 *   state/training.safetensors         what a killed run resumes from
 *   report.html                        one file to open or mail; absent until requested
 *   index/                             what is known about each latent; absent until indexed
 *   state/index.safetensors            what a killed index resumes from; removed when it is finished
 *   probes/<probe>/                    what a probe found; absent until it runs
 * ```
 *
 * @module
 */
import { join } from "node:path";

/** Paths of a run's files. */
export interface RunFolder {
  /** The folder. */
  readonly path: string;
  /** Every setting, and what made the activations. */
  readonly config: string;
  /** A line for each logged step. */
  readonly metrics: string;
  /** The final measurements. */
  readonly results: string;
  /** Pictures that could not be decoded, and why. */
  readonly skipped: string;
  /** The dictionary's folder. */
  readonly checkpoint: string;
  /** What a killed run resumes from. */
  readonly state: string;
  /** The index's folder. */
  readonly index: string;
  /** What a killed index resumes from. */
  readonly indexState: string;
  /** The folder of probe results, one folder each. */
  readonly probes: string;
}

/** Paths of the files of the run in `path`. */
export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, "config.json"),
    metrics: join(path, "metrics.jsonl"),
    results: join(path, "results.json"),
    skipped: join(path, "skipped.json"),
    checkpoint: join(path, "checkpoint"),
    state: join(path, "state", "training.safetensors"),
    index: join(path, "index"),
    indexState: join(path, "state", "index.safetensors"),
    probes: join(path, "probes"),
  };
}

/** Makes the folders of a run. */
export async function makeRunFolder(folder: RunFolder): Promise<void> {
  await Deno.mkdir(folder.checkpoint, { recursive: true });
  await Deno.mkdir(join(folder.path, "state"), { recursive: true });
}

/** Removes the index of a run, complete or not, and its saved state. */
export async function removeIndex(
  { index, indexState }: Pick<RunFolder, "index" | "indexState">,
): Promise<void> {
  for (const path of [index, indexState]) {
    await Deno.remove(path, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

/** The names that `replaceFile` and `writeProbeResult` give to what they are writing. */
const temporary = /\.[0-9a-f]{8}\.tmp$|^probe-[0-9a-f]{8}(\.old)?$/;

/** Removes what a killed process left half-written. */
export async function removeTemporaries({ path }: RunFolder): Promise<void> {
  const parts = ["checkpoint", "state", "index"].map((part) =>
    join(path, part)
  );
  for (const folder of [path, ...parts]) {
    if (!await isFolder(folder)) continue;
    for await (const { name } of Deno.readDir(folder)) {
      if (!temporary.test(name)) continue;
      await Deno.remove(join(folder, name), { recursive: true });
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then(
    ({ isDirectory }) => isDirectory,
    () => false,
  );
}
