/**
 * A trained run in, its index on the disk out.
 *
 * @module
 */
import {
  indexLatents,
  type IndexOptions,
} from "../../core/latents/index_latents.ts";
import {
  type IndexInfo,
  writeLatentIndex,
} from "../../core/latents/latent_index.ts";
import { readLatentIndex } from "../../core/latents/read_latent_index.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import type { RunFolder } from "../../core/run/run_folder.ts";
import type { Progress } from "../terminal/progress.ts";
import type { TrainedRun } from "../runs/trained_run.ts";

/** What an index is made with when nothing else is said, but for the pictures: those are the run's setting. */
export const indexDefaults: Omit<IndexOptions, "images"> = {
  top: 16,
  chance: 8,
  perImage: 1,
  neighbours: 8,
};

/** Indexes a run and shows how far it is; undefined when it was told to stop. */
export async function indexRun(
  { run, folder, params }: TrainedRun,
  options: IndexOptions,
  progress: Progress,
  signal?: AbortSignal,
): Promise<IndexInfo | undefined> {
  try {
    const index = await indexLatents(run, params, options, {
      state: folder.indexState,
      signal,
      onProgress: (images, total) =>
        progress.update(
          images,
          total,
          `indexing: ${images} of ${total} pictures`,
        ),
    });
    if (!index) return undefined;
    await writeLatentIndex(folder.index, index);
    await Deno.remove(folder.indexState).catch(() => {});
    return index.info;
  } finally {
    progress.stop();
  }
}

/** What is said of a new index. */
export function indexLine(info: IndexInfo, seconds: number): string {
  const { dSae, tokens, images, skipped } = info;
  const but = skipped === 0 ? "" : `; ${skipped} could not be decoded`;
  return `indexed ${dSae} latents on ${tokens} tokens of ${images} pictures in ${
    seconds.toFixed(1)
  } s${but}`;
}

/** Whether a run has an index of as many pictures as are wanted. */
export async function isIndexed(
  { hash, dataset, config }: OpenRun,
  { index }: RunFolder,
): Promise<boolean> {
  const wanted = Math.min(dataset.length, config.index.images);
  return await readLatentIndex(index).then(
    ({ info }) => info.run === hash && info.images + info.skipped === wanted,
    () => false,
  );
}
