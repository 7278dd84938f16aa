/**
 * Looks at pictures to find what shows each latent of a dictionary.
 *
 * @module
 */
import {
  codesSample,
  hostCodesOf,
  sampleCodes,
  sampledTokens,
} from "./codes_sample.ts";
import type { HostCodes } from "../codes.ts";
import { collect, type TokenGroup } from "../train/collect.ts";
import type { Engine } from "../engine.ts";
import { ConfigError } from "../errors.ts";
import { evenly } from "./evenly.ts";
import { exemplars, offer, showings, sortExemplars } from "./exemplars.ts";
import {
  type IndexState,
  loadIndexState,
  saveIndexState,
} from "./index_state.ts";
import { labelOf, latentColumns } from "./latent_columns.ts";
import { addCounts, latentCounts } from "./latent_counts.ts";
import type { LatentIndex } from "./latent_index.ts";
import { nearestByDirection, nearestByFiring } from "./neighbours.ts";
import type { OpenRun } from "../train/open_run.ts";
import { principalPlane } from "./principal_plane.ts";
import { hashOf } from "../random.ts";
import { inGroups } from "../train/split_examples.ts";
import { sizeOf, type Tensors } from "../tensor.ts";

/** Options for {@linkcode indexLatents}. */
export interface IndexOptions {
  /** How many pictures to look at, evenly spaced over the dataset; all when it has fewer. */
  readonly images: number;
  /** How many pictures to keep for each latent with its largest values. */
  readonly top: number;
  /** How many more to keep, chosen at random among those on which it fires. */
  readonly chance: number;
  /** Most patches of one picture among the largest values. */
  readonly perImage: number;
  /** How many nearest latents to keep of each, by direction and by firing. */
  readonly neighbours: number;
  /** The label that purity measures; when absent, `class`, or else the first label that is text. No purity without one. */
  readonly label?: string | undefined;
}

/** How an index is made: where it saves, and what it listens to. */
export interface IndexSession {
  /** The file where it saves its state every minute, and resumes from. */
  readonly state: string;
  /** When aborted, it finishes the current group, saves and stops. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each group with how many pictures have been looked at. */
  onProgress?(images: number, total: number): void;
}

const minute = 60_000;

/**
 * Looks at the patches of each picture once, without ever holding a dense
 * `[tokens, dSae]` array. Undefined when it was told to stop: called again with
 * the same dictionary and options, it resumes and ends with the same index as if
 * it had never stopped.
 *
 * @throws {ConfigError} When no picture could be decoded, or the hook has no patches.
 */
export async function indexLatents(
  run: OpenRun,
  params: Tensors,
  options: IndexOptions,
  session: IndexSession,
): Promise<LatentIndex | undefined> {
  const { encoder, dataset, hook, config } = run, { signal } = session;
  if (sizeOf(hook.layout.grid) === 0) {
    throw new ConfigError(
      "hook",
      `Cannot index the latents of "${hook.name}": it has no patches to show them on`,
    );
  }
  const indices = evenly(dataset.length, options.images);
  const state = await freshState(run, params, options, indices.length);
  await loadIndexState(session.state, state);
  const groups = [...inGroups(indices, config.buffer.images)];
  const tokens = collect(
    dataset,
    encoder,
    groups.slice(state.progress.groups),
    { hook, tokens: "patches" },
  );
  let savedAt = performance.now();
  for await (const group of tokens) {
    await addGroup(state, group, run, params, options);
    if (signal?.aborted || performance.now() - savedAt > minute) {
      await saveIndexState(session.state, state);
      savedAt = performance.now();
    }
    if (signal?.aborted) return undefined;
    const { images, skipped } = state.progress;
    session.onProgress?.(images + skipped, indices.length);
  }
  return await finish(state, run, params, options);
}

async function freshState(
  { dataset, encoder, engine, sparsifier: { dSae }, hook, hash }: OpenRun,
  params: Tensors,
  options: IndexOptions,
  images: number,
): Promise<IndexState> {
  const tokens = sizeOf(hook.layout.grid);
  const what = [dataset.length, hash, encoder.provenance];
  const dictionary = await digest(engine, params);
  return {
    progress: {
      key: JSON.stringify([1, ...what, dictionary, options]),
      groups: 0,
      images: 0,
      skipped: 0,
      labels: {},
    },
    counts: latentCounts(dSae, tokens),
    top: exemplars(dSae, options.top, tokens),
    chance: exemplars(dSae, options.chance, tokens),
    sample: codesSample(sampledTokens / (images * tokens)),
  };
}

/** The SHA-256 of each parameter: further training makes the old index stale. */
async function digest(engine: Engine, params: Tensors): Promise<string> {
  let all = "";
  for (const name of Object.keys(params).sort()) {
    const bytes = (await engine.read(params[name]!)).slice();
    const part = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    all += `${name}:${part.toHex()};`;
  }
  return all;
}

async function addGroup(
  state: IndexState,
  { x, examples, labels, skipped, perExample }: TokenGroup,
  { engine, sparsifier }: OpenRun,
  params: Tensors,
  options: IndexOptions,
): Promise<void> {
  const { progress, counts } = state;
  progress.groups++;
  progress.images += examples.length;
  progress.skipped += skipped.length;
  if (examples.length === 0) return;
  examples.forEach((example, i) => progress.labels[example] = labels[i]!);
  const codes = await engine.tidy(async () => {
    const input = engine.tensor(x.data, x.shape);
    return await engine.readCodes(
      await sparsifier.encode(engine, params, input),
    );
  });
  addCounts(counts, codes, perExample);
  addExemplars(state, codes, examples, perExample, options);
  addSample(state, codes, examples, perExample);
}

function addExemplars(
  { top, chance }: IndexState,
  codes: HostCodes,
  examples: readonly number[],
  perExample: number,
  { perImage }: IndexOptions,
): void {
  for (const showing of showings(codes, examples, perExample)) {
    const { latent, example, at, values } = showing;
    for (const [i, place] of strongest(values, perImage).entries()) {
      const value = values[place]!;
      const shown = { ...showing, token: at[place]!, value };
      offer(top, shown, value);
      // Hashing latent and picture makes the choice independent of their order.
      if (i === 0) offer(chance, shown, hashOf(latent, example));
    }
  }
}

function addSample(
  { sample }: IndexState,
  { shape: [rows], offsets, latents }: HostCodes,
  examples: readonly number[],
  perExample: number,
): void {
  for (let row = 0; row < rows; row++) {
    const example = examples[Math.floor(row / perExample)]!;
    const key = hashOf(example, row % perExample, 1);
    const own = latents.subarray(offsets[row], offsets[row + 1]);
    sampleCodes(sample, key, own);
  }
}

/** The positions of the `count` largest of `values`, largest first. */
function strongest(values: readonly number[], count: number): number[] {
  if (count > 1) {
    return values.map((_, i) => i)
      .sort((a, b) => values[b]! - values[a]! || a - b).slice(0, count);
  }
  let most = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i]! > values[most]!) most = i;
  }
  return [most];
}

async function finish(
  { counts, progress, top, chance, sample }: IndexState,
  { dataset, engine, hash, hook, sparsifier: { dSae } }: OpenRun,
  params: Tensors,
  options: IndexOptions,
): Promise<LatentIndex> {
  const { images, labels, skipped } = progress, { grid } = hook.layout;
  if (images === 0) {
    throw new ConfigError(
      "dataset",
      `Cannot index: none of ${skipped} pictures of ${dataset.length} could be decoded`,
    );
  }
  sortExemplars(top);
  sortExemplars(chance);
  const { shape } = params.W_dec!;
  const directions = { data: await engine.read(params.W_dec!), shape };
  const label = labelOf(labels, options.label);
  return {
    info: {
      version: 1,
      run: hash,
      dSae,
      grid,
      images,
      skipped,
      tokens: images * sizeOf(grid),
      slots: { top: options.top, chance: options.chance },
      neighbours: options.neighbours,
      label,
    },
    columns: latentColumns({ counts, top, images, labels, label }),
    histogram: counts.histogram,
    places: counts.places,
    top,
    chance,
    alike: await nearestByDirection(engine, directions, options.neighbours),
    together: nearestByFiring(hostCodesOf(sample, dSae), options.neighbours),
    plane: principalPlane(directions),
  };
}
