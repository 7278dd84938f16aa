/**
 * The target on the patches of some pictures, and their codes in dictionaries.
 *
 * @module
 */
import {
  type Dictionary,
  type Hook,
  type HostCodes,
  type HostTensor,
  inGroups,
  sizeOf,
} from "../../../mod.ts";
import { encodedPictures } from "./encoded_pictures.ts";
import { joined } from "./joined.ts";
import { byLatent } from "./latent_entries.ts";
import { clustersOf } from "./split_pictures.ts";
import type { Study } from "./study.ts";
import type { EncodedPictures, TargetWords } from "./target.ts";

/** The target on the patches of some pictures; patch `p · cells + c` is the one at cell `c` of picture `p`. */
export interface TargetPatches {
  /** What it is called, and how it is shown. */
  readonly words: TargetWords;
  /** The target, `[pictures · cells]`; NaN where it is not known. */
  readonly target: Float64Array;
  /** Cells of the hook's grid, row by row. */
  readonly cells: number;
  /** Indices of the pictures in the dataset. */
  readonly pictures: Uint32Array;
  /** What a bootstrap or a permutation keeps together, `[pictures]`: from 0, in order. */
  readonly clusters: Uint32Array;
}

/** What {@linkcode readCodes} reads. */
export interface ReadCodesOptions {
  /** What the patches are encoded with, each at its own engine. */
  readonly dictionaries?: readonly Dictionary[];
  /** Is shown the patches of a group of pictures, `[patches, width]`. */
  onPatches?(x: HostTensor): void | Promise<void>;
}

/** Pictures that are encoded together. */
const together = 8;

/**
 * Encodes the patches of `pictures`, ascending indices, at the study's hook.
 * Pictures that cannot be decoded, or of which the target is known on no patch,
 * are left out.
 *
 * A few groups of pictures are in memory at a time; what is kept is 8 bytes for
 * each patch and for each entry of a code, twice that while entries are sorted
 * by latent.
 */
export async function readCodes(
  study: Study,
  pictures: Uint32Array,
  { dictionaries = [], onPatches }: ReadCodesOptions,
) {
  const { hook, report, target } = study;
  const kept: number[] = [], targets: Float64Array[] = [];
  const coded: HostCodes[][] = dictionaries.map(() => []);
  const groups = inGroups(pictures, together);
  const options = { hooks: [hook.name], needed: target.tuned.hooks };
  let done = 0;
  for await (const group of encodedPictures(study, groups, options)) {
    study.signal?.throwIfAborted();
    done = Math.min(pictures.length, done + together);
    report?.({ text: "encoding pictures", done, total: pictures.length });
    const seen = knownPictures(study, group);
    if (seen.length === 0) continue;
    const x = patchesOf(group, hook, seen.map(({ at }) => at));
    await onPatches?.(x);
    for (const [i, dictionary] of dictionaries.entries()) {
      coded[i]!.push(await codesOf(dictionary, x));
    }
    for (const { index, target } of seen) {
      kept.push(index);
      targets.push(target);
    }
  }
  const patches: TargetPatches = {
    words: target,
    target: joined(Float64Array, targets),
    cells: sizeOf(hook.layout.grid),
    pictures: Uint32Array.from(kept),
    clusters: clustersAmong(study, pictures, kept),
  };
  return {
    patches,
    /** The codes of each dictionary on them, in order. */
    codes: coded.map((parts, i) =>
      byLatent(parts, dictionaries[i]!.sparsifier.dSae)
    ),
  };
}

/** The pictures of a group of which the target is known somewhere. */
function knownPictures(
  { hook, target: { cells, tuned } }: Study,
  group: EncodedPictures,
): { at: number; index: number; target: Float64Array }[] {
  return group.pictures.flatMap(({ index }, at) => {
    const target = cells(group, at, hook).values[tuned.column]
      ?.map((value) => Number.isFinite(value) ? value : NaN);
    return target?.some((value) => !Number.isNaN(value))
      ? [{ at, index, target }]
      : [];
  });
}

/** The patches of some of the pictures: `[images · patches, width]`. */
function patchesOf(
  { activations }: EncodedPictures,
  { name, layout: { specials } }: Hook,
  images: readonly number[],
): HostTensor {
  const { data, shape: [, tokens, width] } = activations[name]!;
  const own = images.map((image) =>
    data.subarray(
      (image * tokens! + specials) * width!,
      (image + 1) * tokens! * width!,
    )
  );
  const rows = images.length * (tokens! - specials);
  return { data: joined(Float32Array, own), shape: [rows, width!] };
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

/** The clusters of `kept`, some of `pictures` in the same order, by numbers from 0 on. */
function clustersAmong(
  { dataset }: Study,
  pictures: Uint32Array,
  kept: Iterable<number>,
): Uint32Array {
  const isKept = new Set(kept);
  const own = clustersOf(dataset, pictures)
    .filter((_, i) => isKept.has(pictures[i]!));
  const distinct = [...new Set(own)];
  return own.map((cluster) => distinct.indexOf(cluster));
}
