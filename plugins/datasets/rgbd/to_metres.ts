/**
 * Converts stored depth to metres.
 *
 * @module
 */
import type { DenseMap } from "../../../mod.ts";
import type { StoredMap } from "./stored_map.ts";

/** Options of {@linkcode toMetres}. */
export interface MetresOptions {
  /** Metres per unit of a stored number. */
  readonly scale: number;
  /** Depth beyond this many metres counts as unknown. */
  readonly maxDepth?: number | undefined;
  /** 0 where depth is unknown; as large as the map. */
  readonly mask?: StoredMap | undefined;
}

/** The largest 16-bit number, which some cameras write where they see nothing; others write 0. */
const unseen = 65535;

/**
 * `map` in metres, NaN where depth is unknown: where the file holds 0 or less,
 * NaN, infinity, or the integer 65535; where the mask is 0; and beyond
 * `maxDepth`.
 *
 * @throws {Error} When the mask has another size; the message is only the reason.
 */
export function toMetres(map: StoredMap, options: MetresOptions): DenseMap {
  const { scale, maxDepth = Infinity, mask } = options;
  const { width, height } = map;
  if (mask && (mask.width !== width || mask.height !== height)) {
    throw new Error(
      `the depth is ${width}×${height}, its mask ${mask.width}×${mask.height}: both must have the same size`,
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
