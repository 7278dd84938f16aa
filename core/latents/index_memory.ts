/**
 * A run and how it is indexed in, the memory that takes out.
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
 * Bytes that {@linkcode indexLatents} takes at most, in a process of its own.
 * What grows with the dictionary are the pictures of each latent, a byte for
 * each patch of each; nothing grows with the number of pictures but their labels.
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

/** Bytes that it takes at most beside the runtime and the run's parts: so much more than a run that was trained before. */
export function addedIndexMemory(run: OpenRun, options: IndexOptions): number {
  const { hook: { width, layout }, sparsifier: { dSae } } = run;
  const { rows, l0 } = groupOf(run);
  return dSae * latentBytes(options, sizeOf(layout.grid)) +
    // The codes of a group, in the order of rows and of latents.
    24 * l0 * rows +
    // Three groups on their way; the directions, as they are and with norm 1.
    4 * (3 * rows * width + 3 * dSae * width) +
    sampleBytes(l0);
}

/** Tokens that are encoded at once, and latents that fire on each: where no rule says how many, seldom more than an eighth. */
function groupOf({ config: { buffer }, hook, sparsifier }: OpenRun) {
  return {
    rows: buffer.images * sizeOf(hook.layout.grid),
    l0: sparsifier.targetL0 ?? sparsifier.dSae / 8,
  };
}

/** What is kept of each latent; its cosines with all others, a block of latents at a time. */
function latentBytes(
  { top, chance, neighbours }: IndexOptions,
  tokens: number,
): number {
  const picture = tokens + 4 + 4 + 2 + 8;
  return 28 + 4 * histogramBins + 4 * tokens + (top + chance) * picture +
    16 * neighbours + 4 * 256 + 64;
}
