/**
 * A trained run in, its index on the disk out.
 *
 * @module
 */
import { indexLatents, type IndexOptions } from "../core/index_latents.ts";
import { type IndexInfo, writeLatentIndex } from "../core/latent_index.ts";
import type { Progress } from "./_progress.ts";
import type { TrainedRun } from "./_trained_run.ts";

/** What an index is made with when nothing else is said. */
export const indexDefaults: IndexOptions = {
  images: 1000,
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
  progress.stop();
  if (!index) return undefined;
  await writeLatentIndex(folder.index, index);
  await Deno.remove(folder.indexState).catch(() => {});
  return index.info;
}
