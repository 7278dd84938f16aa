/**
 * Estimates the peak memory of indexing.
 *
 * @module
 */
import { sampleBytes } from "./codes_sample.ts";
import type { IndexOptions } from "./index_latents.ts";
import { histogramBins } from "./latent_counts.ts";
import type { OpenRun } from "../train/open_run.ts";
import { runtimeBytes } from "../train/runtime_bytes.ts";
import { sizeOf } from "../tensor.ts";

/**
 * Most bytes that {@linkcode indexLatents} takes in a process of its own. The
 * pictures of each latent grow with the dictionary, a byte per patch; only labels
 * grow with the number of pictures.
 */
export function indexMemory(run: OpenRun, options: IndexOptions): number {
  const { config, dataset, encoder, engine, hook, sparsifier: { dSae } } = run;
  const { rows, l0 } = groupOf(run);
  return runtimeBytes +
    (dataset.memory?.() ?? 0) +
    encoder.memory(config.buffer.images, hook) +
    engine.memory({ dModel: hook.width, dSae, rows, entries: l0 * rows }) +
    addedIndexMemory(run, options);
}

/** Most bytes that it takes on top of the runtime and the run's parts, when it follows training. */
export function addedIndexMemory(run: OpenRun, options: IndexOptions): number {
  const { hook: { width, layout }, sparsifier: { dSae } } = run;
  const { rows, l0 } = groupOf(run);
  return dSae * latentBytes(options, sizeOf(layout.grid)) +
    // The codes of a group, sorted by row and by latent.
    24 * l0 * rows +
    // Three groups in flight; the directions, raw and normalised.
    4 * (3 * rows * width + 3 * dSae * width) +
    sampleBytes(l0);
}

/** How many tokens are encoded at once, and how many latents fire on each: without a target, seldom more than an eighth. */
function groupOf({ config: { buffer }, hook, sparsifier }: OpenRun) {
  return {
    rows: buffer.images * sizeOf(hook.layout.grid),
    l0: sparsifier.targetL0 ?? sparsifier.dSae / 8,
  };
}

/** Bytes kept for each latent, with its share of a block of cosines. */
function latentBytes(
  { top, chance, neighbours }: IndexOptions,
  tokens: number,
): number {
  const picture = tokens + 4 + 4 + 2 + 8;
  return 28 + 4 * histogramBins + 4 * tokens + (top + chance) * picture +
    16 * neighbours + 4 * 256 + 64;
}
