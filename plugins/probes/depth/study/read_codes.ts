/**
 * The depth of the patches of some pictures, and their codes in dictionaries.
 *
 * @module
 */
import {
  type Dictionary,
  type HostCodes,
  type HostTensor,
  inGroups,
  mapAhead,
} from "../../../../mod.ts";
import { cellTargets, ownDepth } from "./cell_targets.ts";
import { type DepthPicture, readDepthPictures } from "./depth_pictures.ts";
import { depthWords } from "./depth_words.ts";
import { byLatent, type LatentEntries } from "./latent_entries.ts";
import { clustersOf } from "./split_pictures.ts";
import type { DepthStudy } from "./study.ts";
import type { TargetPatches } from "./target_patches.ts";

/** What {@linkcode readCodes} reads. */
export interface ReadCodesOptions {
  /** What the patches are encoded with, each at its own engine. */
  readonly dictionaries?: readonly Dictionary[];
  /** Is shown the patches of a group of pictures, `[patches, width]`. */
  onPatches?(x: HostTensor): void | Promise<void>;
}

/** What {@linkcode readCodes} found. */
export interface ReadCodes {
  /** The patches. */
  readonly patches: TargetPatches;
  /** The codes of each dictionary on them, in order. */
  readonly codes: readonly LatentEntries[];
}

/** Pictures that are encoded together. */
const together = 8;

/**
 * Encodes the patches of `pictures`, ascending indices, at the study's hook.
 * The target is the logarithm of the true depth, or of the model's own where
 * the dataset knows none. Pictures that cannot be decoded, or of which no
 * patch's depth is known, are left out.
 *
 * A few groups of pictures are in memory at a time; what is kept is 8 bytes for
 * each patch and for each entry of a code, twice that while entries are sorted
 * by latent.
 */
export async function readCodes(
  study: DepthStudy,
  pictures: Uint32Array,
  { dictionaries = [], onPatches }: ReadCodesOptions,
): Promise<ReadCodes> {
  const { hook, signal, report } = study, [rows, cols] = hook.layout.grid;
  const clusters = clustersOf(study.dataset, pictures);
  const clusterOf = new Map(
    Array.from(pictures, (index, i) => [index, clusters[i]!] as const),
  );
  const kept: number[] = [], targets: Float64Array[] = [];
  const coded: HostCodes[][] = dictionaries.map(() => []);
  const groups = mapAhead(
    inGroups(pictures, together),
    2,
    (group) => readDepthPictures(study.dataset, group),
  );
  let done = 0;
  const encoded = mapAhead(groups, 1, (group) => encodeGroup(study, group));
  for await (const { x, seen } of encoded) {
    signal?.throwIfAborted();
    done = Math.min(pictures.length, done + together);
    report?.({ text: "encoding pictures", done, total: pictures.length });
    if (seen.length === 0) continue;
    await onPatches?.(x);
    for (const [i, dictionary] of dictionaries.entries()) {
      coded[i]!.push(await codesOf(dictionary, x));
    }
    for (const { index, target } of seen) {
      kept.push(index);
      targets.push(target);
    }
  }
  return {
    patches: {
      words: depthWords(study.truth),
      target: joined(targets, rows * cols),
      cells: rows * cols,
      pictures: Uint32Array.from(kept),
      clusters: renumbered(kept.map((index) => clusterOf.get(index)!)),
    },
    codes: coded.map((parts, i) =>
      byLatent(parts, dictionaries[i]!.sparsifier.dSae)
    ),
  };
}

interface EncodedGroup {
  /** The patches of the pictures seen, `[patches, width]`. */
  readonly x: HostTensor;
  readonly seen: readonly { index: number; target: Float64Array }[];
}

async function encodeGroup(
  study: DepthStudy,
  pictures: readonly DepthPicture[],
): Promise<EncodedGroup> {
  const { encoder, hook, truth } = study;
  const x = { data: new Float32Array(), shape: [0, hook.width] };
  if (pictures.length === 0) return { x, seen: [] };
  const prediction = truth ? undefined : study.prediction;
  const names = [hook.name, ...prediction ? [prediction.hook] : []];
  const images = pictures.map(({ image }) => image);
  const activations = await encoder.encode(images, [...new Set(names)]);
  const name = truth ? "truth_log_depth" : "own_log_depth";
  const at = prediction &&
    encoder.hooks.find((each) => each.name === prediction.hook);
  const seen = pictures.flatMap((picture, image) => {
    const own = prediction && at &&
      ownDepth(activations[at.name]!, image, at, prediction);
    const view = encoder.view?.(picture.image);
    const { values } = cellTargets({ picture, hook, view, own });
    const target = values[name]?.map((value) =>
      Number.isFinite(value) ? value : NaN
    );
    return target?.some((value) => !Number.isNaN(value))
      ? [{ index: picture.index, image, target }]
      : [];
  });
  const patches = patchesOf(
    activations[hook.name]!,
    hook.layout.specials,
    seen.map(({ image }) => image),
  );
  return { x: patches, seen };
}

/** The patches of some of the pictures: `[images · patches, width]`. */
function patchesOf(
  { data, shape }: HostTensor,
  specials: number,
  images: readonly number[],
): HostTensor {
  const [, tokens, width] = shape as [number, number, number];
  const each = (tokens - specials) * width;
  const out = new Float32Array(images.length * each);
  images.forEach((image, i) => {
    const start = (image * tokens + specials) * width;
    out.set(data.subarray(start, start + each), i * each);
  });
  return { data: out, shape: [images.length * (tokens - specials), width] };
}

async function codesOf(
  { engine, sparsifier, params }: Dictionary,
  { data, shape }: HostTensor,
): Promise<HostCodes> {
  return await engine.tidy(async () => {
    const x = engine.tensor(data, shape);
    return await engine.readCodes(await sparsifier.encode(engine, params, x));
  });
}

function joined(parts: readonly Float64Array[], each: number): Float64Array {
  const out = new Float64Array(parts.length * each);
  parts.forEach((part, i) => out.set(part, i * each));
  return out;
}

/** The same clusters by the numbers from 0 on, as pictures may have been left out. */
function renumbered(clusters: readonly number[]): Uint32Array {
  const numbers = new Map([...new Set(clusters)].map((name, i) => [name, i]));
  return Uint32Array.from(clusters, (name) => numbers.get(name)!);
}
