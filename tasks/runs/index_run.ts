// deno-lint-ignore-file no-console
/**
 * Indexes a trained run: finds what shows each latent, and shows how far it is.
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
import type { RunFolder } from "../../core/run/run_folder.ts";
import type { OpenRun } from "../../core/train/open_run.ts";
import { makeProgress } from "../terminal/progress.ts";
import type { TrainedRun } from "./trained_run.ts";

/** Options of an index; the number of pictures is a setting of the run. */
export const indexDefaults: Omit<IndexOptions, "images"> = {
  top: 16,
  chance: 8,
  perImage: 1,
  neighbours: 8,
};

/** Writes the index of a run; nothing is returned when `signal` stopped it. */
export async function indexRun(
  trained: TrainedRun,
  options: IndexOptions,
  signal: AbortSignal,
): Promise<IndexInfo | undefined> {
  const started = performance.now();
  const info = await writeIndex(trained, options, signal);
  const seconds = (performance.now() - started) / 1000;
  if (info) console.log(indexLine(info, seconds));
  return info;
}

async function writeIndex(
  { run, folder, params }: TrainedRun,
  options: IndexOptions,
  signal: AbortSignal,
): Promise<IndexInfo | undefined> {
  const progress = makeProgress();
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

function indexLine(info: IndexInfo, seconds: number): string {
  const { dSae, tokens, images, skipped } = info;
  const but = skipped === 0 ? "" : `; ${skipped} could not be decoded`;
  return `indexed ${dSae} latents on ${tokens} tokens of ${images} pictures in ${
    seconds.toFixed(1)
  } s${but}`;
}

/** Whether a run has an index of as many pictures as its settings ask for. */
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
