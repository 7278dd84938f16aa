/**
 * Dictionaries that nobody trained, as controls of one that was.
 *
 * @module
 */
import {
  covarianceOf,
  type Dictionary,
  type Engine,
  meansOf,
  type NormalSums,
  randomFrom,
  symmetricEigen,
} from "../../../mod.ts";
import { topK } from "../../sparsifiers/top_k.ts";
import type { Units } from "./found.ts";

/** Key of the random stream of directions. */
const directionsKey = 33;

/** Options for {@linkcode controlDictionaries}. */
export interface ControlOptions {
  /** Units that fire on a patch, at most: what the trained dictionary has on average. */
  readonly l0: number;
  /** Latents of the trained dictionary; there is no random one where nothing was trained. */
  readonly dSae?: number | undefined;
  /** Decides the random directions. */
  readonly seed: number;
}

/**
 * Three dictionaries about the mean patch, given the sums over patches, each of
 * which keeps the `l0` largest units of a patch:
 *
 * - `neurons`: the activation's own axes, each in both directions;
 * - `pca`: the principal directions of the patches, each in both directions;
 * - `random`: as many random directions as the trained dictionary has latents,
 *   frozen, which score like trained ones where a score shows little (Sanity
 *   Checks for Sparse Autoencoders, 2026, arXiv:2602.14111).
 *
 * Their tensors belong to `engine`: make and use them in one `tidy`.
 */
export function controlDictionaries(
  engine: Engine,
  sums: NormalSums,
  { l0, dSae, seed }: ControlOptions,
) {
  const { width } = sums, mean = Float32Array.from(meansOf(sums));
  const axes = new Float64Array(width * width);
  for (let i = 0; i < width; i++) axes[i * width + i] = 1;
  const control = (
    name: Units["name"],
    units: string,
    rows: Float32Array,
  ) => ({ name, units, dictionary: frozen(engine, rows, mean, l0) });
  const principal = symmetricEigen(covarianceOf(sums)).vectors;
  return [
    control("neurons", "neurons", bothWays(axes)),
    control("pca", "principal directions", bothWays(principal)),
    ...dSae === undefined ? [] : [
      control(
        "random",
        "latents of a random dictionary",
        randomRows(dSae, width, seed),
      ),
    ],
  ];
}

/** The rows, then the rows the other way. */
function bothWays(rows: Float64Array): Float32Array {
  const both = new Float32Array(2 * rows.length);
  both.set(rows);
  both.set(rows.map((x) => -x), rows.length);
  return both;
}

/** Directions of length 1, evenly over the sphere. */
function randomRows(count: number, width: number, seed: number): Float32Array {
  const random = randomFrom(seed, directionsKey);
  const rows = Float32Array.from(
    { length: count * width },
    () => random.normal(),
  );
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
    row.forEach((x, i) => row[i] = x / norm);
  }
  return rows;
}

/** A dictionary with `rows` `[dSae, width]` for both of its matrices. */
function frozen(
  engine: Engine,
  rows: Float32Array,
  mean: Float32Array,
  l0: number,
): Dictionary {
  const dSae = rows.length / mean.length, k = Math.min(l0, dSae);
  const directions = engine.tensor(rows, [dSae, mean.length]);
  return {
    engine,
    sparsifier: topK({ dSae, k, init: "random", bDec: "mean", alphaAux: 0 }),
    params: {
      W_enc: directions,
      W_dec: directions,
      b_enc: engine.fill(0, [dSae]),
      b_dec: engine.tensor(mean, [mean.length]),
    },
  };
}
