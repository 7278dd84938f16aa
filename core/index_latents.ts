/**
 * A trained dictionary and pictures in, what is known of each latent out.
 *
 * @module
 */
import type { HostCodes } from "./codes.ts";
import { collect, type TokenGroup } from "./collect.ts";
import { ConfigError } from "./errors.ts";
import {
  type Exemplars,
  exemplars,
  offer,
  showings,
  sorted,
} from "./exemplars.ts";
import {
  type IndexState,
  loadIndexState,
  sampledCodes,
  saveIndexState,
} from "./index_state.ts";
import {
  addCounts,
  type LatentCounts,
  latentCounts,
  placeEntropy,
} from "./latent_counts.ts";
import type { LatentIndex } from "./latent_index.ts";
import { nearestByDirection, nearestByFiring } from "./neighbours.ts";
import type { OpenRun } from "./open_run.ts";
import { plane } from "./plane.ts";
import { hashOf } from "./random.ts";
import { inGroups } from "./split_examples.ts";
import { sizeOf, type Tensors } from "./tensor.ts";

/** Options for {@linkcode indexLatents}. */
export interface IndexOptions {
  /** Pictures that are looked at, evenly chosen from the dataset; all when it has fewer. */
  readonly images: number;
  /** Pictures kept for each latent: those with its largest values. */
  readonly top: number;
  /** Pictures kept beside them, by chance, out of all on which it fires. */
  readonly chance: number;
  /** Patches of one picture among the largest values, at most. */
  readonly perImage: number;
  /** Nearest latents kept of each, in each of two ways. */
  readonly neighbours: number;
  /** The label that purity is of: `class` or the first that is a word when absent. */
  readonly label?: string | undefined;
}

/** How an index goes. */
export interface IndexSession {
  /** Where its state is saved every minute, and gone on from. */
  readonly state: string;
  /** Stops it after the group under way; its state is saved. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each group. */
  onProgress?(images: number, total: number): void;
}

/** Tokens whose codes are kept to see which latents fire together. */
const sampledTokens = 16_384;

const minute = 60_000;

/**
 * Looks at each picture once, at the patches, and keeps what an index holds:
 * never a dense `[tokens, dSae]` array. Undefined when it was told to stop.
 *
 * @throws {ConfigError} When no picture could be decoded.
 */
export async function indexLatents(
  run: OpenRun,
  params: Tensors,
  options: IndexOptions,
  session: IndexSession,
): Promise<LatentIndex | undefined> {
  const { encoder, dataset, hook, config, engine, sparsifier } = run;
  const indices = evenly(dataset.length, options.images);
  const state = freshState(run, options);
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
    const codes = await engine.tidy(async () => {
      const x = engine.tensor(group.x.data, group.x.shape);
      return await engine.readCodes(await sparsifier.encode(engine, params, x));
    });
    addGroup(state, group, codes, indices.length, options);
    const { signal } = session;
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

/** `count` indices below `length`, evenly apart; all of them when there are no more. */
export function evenly(length: number, count: number): Uint32Array {
  const few = Math.min(length, count);
  return Uint32Array.from(
    { length: few },
    (_, i) => Math.floor(i * length / few),
  );
}

function freshState(run: OpenRun, options: IndexOptions): IndexState {
  const { sparsifier: { dSae }, hook, hash } = run;
  const tokens = sizeOf(hook.layout.grid);
  return {
    progress: {
      key: JSON.stringify([hash, run.encoder.provenance, options]),
      groups: 0,
      images: 0,
      skipped: 0,
      labels: {},
    },
    counts: latentCounts(dSae, tokens),
    top: exemplars(dSae, options.top, tokens),
    chance: exemplars(dSae, options.chance, tokens),
    sample: { offsets: [0], latents: [] },
  };
}

function addGroup(
  { progress, counts, top, chance, sample }: IndexState,
  { examples, labels, skipped, perExample }: TokenGroup,
  codes: HostCodes,
  images: number,
  { perImage }: IndexOptions,
): void {
  progress.groups++;
  progress.images += examples.length;
  progress.skipped += skipped.length;
  examples.forEach((example, i) => progress.labels[example] = labels[i]!);
  addCounts(counts, codes, perExample);
  for (const showing of showings(codes, examples, perExample)) {
    const { latent, example, at, values } = showing;
    const [first, ...more] = strongest(values, perImage);
    const most = { ...showing, token: at[first!]!, value: values[first!]! };
    offer(top, most, most.value);
    offer(chance, most, hashOf(latent, example));
    for (const i of more) {
      const also = { ...showing, token: at[i]!, value: values[i]! };
      offer(top, also, also.value);
    }
  }
  const share = sampledTokens / (images * perExample);
  for (let row = 0; row < codes.shape[0]; row++) {
    const picture = examples[Math.floor(row / perExample)]!;
    if (hashOf(picture, row % perExample, 1) >= share) continue;
    const own = codes.latents.subarray(
      codes.offsets[row],
      codes.offsets[row + 1],
    );
    for (const latent of own) sample.latents.push(latent);
    sample.offsets.push(sample.latents.length);
  }
}

/** Where the `count` largest of `values` are, the largest first. */
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
  state: IndexState,
  { dataset, engine, hash, hook, sparsifier: { dSae } }: OpenRun,
  params: Tensors,
  options: IndexOptions,
): Promise<LatentIndex> {
  const { counts, progress: { images, labels, skipped } } = state;
  if (images === 0) {
    throw new ConfigError(
      "dataset",
      `Cannot index: none of ${skipped} pictures of ${dataset.length} could be decoded`,
    );
  }
  const { grid } = hook.layout, tokens = images * sizeOf(grid);
  const directions = {
    data: await engine.read(params.W_dec!),
    shape: params.W_dec!.shape,
  };
  const top = sorted(state.top);
  const label = options.label ?? usualLabel(Object.values(labels));
  return {
    info: {
      version: 1,
      run: hash,
      dSae,
      grid,
      images,
      skipped,
      tokens,
      slots: { top: options.top, chance: options.chance },
      neighbours: options.neighbours,
      label,
    },
    columns: {
      ...columnsOf(counts, images, tokens),
      spread: placeEntropy(counts.places, sizeOf(grid)),
      ...label !== null && { purity: purity(top, labels, label) },
    },
    histogram: counts.histogram,
    places: counts.places,
    top,
    chance: sorted(state.chance),
    alike: await nearestByDirection(engine, directions, options.neighbours),
    together: nearestByFiring(sampledCodes(state, dSae), options.neighbours),
    plane: plane(directions),
  };
}

function columnsOf(
  { fired, pictures, sum, max }: LatentCounts,
  images: number,
  tokens: number,
): Record<string, Float32Array> {
  return {
    density: Float32Array.from(fired, (count) => count / tokens),
    pictures: Float32Array.from(pictures, (count) => count / images),
    mean: Float32Array.from(sum, (total, i) => total / fired[i]!),
    max,
  };
}

type Labels = Readonly<Record<string, string | number>>;

/** `class` where pictures have it, otherwise the first label that is a word. */
function usualLabel(labels: readonly Labels[]): string | null {
  const some = labels.find((label) => Object.keys(label).length > 0) ?? {};
  if ("class" in some) return "class";
  const word = Object.entries(some)
    .find(([, value]) => typeof value === "string");
  return word?.[0] ?? null;
}

/** The share of each latent's top pictures that have their most common label; NaN where it never fires. */
function purity(
  { example, slots }: Exemplars,
  labels: Readonly<Record<string, Labels>>,
  key: string,
): Float32Array {
  return Float32Array.from({ length: example.length / slots }, (_, latent) => {
    const counts = new Map<string | number | undefined, number>();
    const own = example.subarray(latent * slots, (latent + 1) * slots)
      .filter((index) => index >= 0);
    for (const index of own) {
      const label = labels[index]?.[key];
      counts.set(label, (counts.get(label) ?? 0) + 1);
    }
    return own.length === 0 ? NaN : Math.max(...counts.values()) / own.length;
  });
}
