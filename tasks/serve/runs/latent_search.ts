/**
 * Finds the latents that an address asks for, and remembers what it found.
 *
 * @module
 */
import { labelReader } from "./label_reader.ts";
import {
  findLatents,
  isLabelQuery,
  type LatentQuery,
  latentQueryText,
  readLatentQuery,
} from "./latent_query.ts";
import { lru } from "./lru.ts";
import type { Pictures } from "./pictures.ts";
import type { Run, RunIndex } from "./run_store.ts";

/** Latents that were asked for. */
export interface FoundLatents {
  /** What was asked, with defaults filled in. */
  readonly query: LatentQuery;
  /** Their numbers, in order. */
  readonly latents: Uint32Array;
  /** How many pictures' labels were read, where a label was asked for. */
  readonly labels?: { readonly read: number; readonly total: number };
}

/**
 * Finds latents.
 *
 * @throws {Problem} When the address names an unknown column.
 */
export type LatentSearch = (
  run: Run,
  of: RunIndex,
  params: URLSearchParams,
) => FoundLatents;

/** A search that remembers its results, since a page is fetched piece by piece. */
export function latentSearch(pictures: Pictures): LatentSearch {
  const labelsOf = labelReader(pictures);
  const kept = lru<Uint32Array>(16 * 2 ** 20);
  return (run, of, params) => {
    const { index: { info }, columns } = of;
    const query = readLatentQuery(params, columns);
    if (isLabelQuery(query)) {
      const labels = labelsOf(run, of), { read, total, hasLabel } = labels;
      const latents = findLatents(info.dSae, columns, query, hasLabel);
      return { query, latents, labels: { read, total } };
    }
    // Columns of probes may change while the index does not.
    const names = [query.sort, ...Object.keys({ ...query.min, ...query.max })];
    const isKept = names.every((name) => name in of.index.columns);
    const key = [run.folder.path, of.version, latentQueryText(query)].join(
      "\n",
    );
    const latents = kept.get(key) ??
      findLatents(info.dSae, columns, query, () => false);
    if (isKept) kept.set(key, latents, latents.byteLength);
    return { query, latents };
  };
}
