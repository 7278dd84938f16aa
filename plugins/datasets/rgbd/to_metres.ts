/**
 * Numbers as a file stores them in, metres out.
 *
 * @module
 */
import type { DenseMap } from "../../../mod.ts";
import type { StoredMap } from "./stored_map.ts";

/** How {@linkcode toMetres} reads numbers. */
export interface MetresOptions {
  /** Metres that a number of 1 stands for. */
  readonly scale: number;
  /** Depth beyond this many metres is unknown. */
  readonly maxDepth?: number | undefined;
  /** 0 where depth is unknown; of the same size. */
  readonly mask?: StoredMap | undefined;
}

/** What cameras write where they see nothing, beside 0: the largest of 16 bits. */
const unseen = 65535;

/**
 * `map` in metres, NaN where depth is unknown: where the file has 0, less, no
 * number, infinity, or, if its numbers are whole, 65535; where the mask is 0;
 * and beyond `maxDepth`.
 *
 * @throws {Error} When the mask has another size: with the reason alone.
 */
export function toMetres(map: StoredMap, options: MetresOptions): DenseMap {
  const { scale, maxDepth = Infinity, mask } = options;
  const { width, height } = map;
  if (mask && (mask.width !== width || mask.height !== height)) {
    throw new Error(
      `the depth is ${width}×${height}, its mask ${mask.width}×${mask.height}: they must be as large`,
    );
  }
  const data = new Float32Array(width * height).fill(NaN);
  for (let i = 0; i < data.length; i++) {
    const stored = map.data[i]!, metres = Math.fround(stored * scale);
    if (!(metres > 0 && metres < Infinity && stored * scale <= maxDepth)) {
      continue;
    }
    if (map.whole && stored === unseen || mask?.data[i] === 0) continue;
    data[i] = metres;
  }
  return { data, width, height };
}
