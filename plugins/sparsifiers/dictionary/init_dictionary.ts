/**
 * Initial parameters of a dictionary, shared by the built-in sparsifiers.
 *
 * @module
 */
import { z } from "zod";
import type { HostTensors, InitInput } from "../../../mod.ts";
import { centre } from "./centre.ts";

/** Options of every built-in sparsifier. */
export const dictionaryOptions = {
  dSae: z.int().min(1).default(1024).describe("Number of latents"),
  init: z.enum(["random", "data"]).default("random").describe(
    "Initial directions: random, or a blend of 80 % activation and 20 % random (saev's datapoint initialisation)",
  ),
  bDec: z.enum(["geometric-median", "mean", "zeros"]).default(
    "geometric-median",
  ).describe("Initial b_dec: the centre of a sample of activations, or zeros"),
};

/** Options of {@linkcode initDictionary}. */
export interface DictionaryOptions {
  /** Number of latents. */
  readonly dSae: number;
  /** Where the initial directions come from. */
  readonly init: "random" | "data";
  /** The initial `b_dec`. */
  readonly bDec: "geometric-median" | "mean" | "zeros";
}

/** The share of the activation in a direction that starts from data, as in saev. */
const blend = 0.8;

/**
 * Initial `W_enc` and `W_dec` `[dSae, dModel]`, equal and with rows of norm 1,
 * `b_enc` `[dSae]` of zeros, and `b_dec` `[dModel]`.
 */
export function initDictionary(
  { dSae, init, bDec }: DictionaryOptions,
  { dModel, sample, random }: InitInput,
): HostTensors {
  const b_dec = centre(sample, bDec);
  const W_dec = new Float32Array(dSae * dModel);
  const tokens = sample.shape[0]!;
  for (let latent = 0; latent < dSae; latent++) {
    const row = W_dec.subarray(latent * dModel, (latent + 1) * dModel);
    for (let d = 0; d < dModel; d++) row[d] = random.normal();
    normalise(row);
    if (init === "data") {
      const at = random.integer(tokens) * dModel;
      const direction = sample.data.slice(at, at + dModel)
        .map((x, d) => x - b_dec[d]!);
      normalise(direction);
      for (let d = 0; d < dModel; d++) {
        row[d] = blend * direction[d]! + (1 - blend) * row[d]!;
      }
      normalise(row);
    }
  }
  return {
    // A copy, since the two matrices diverge at the first step.
    W_enc: { data: W_dec.slice(), shape: [dSae, dModel] },
    W_dec: { data: W_dec, shape: [dSae, dModel] },
    b_enc: { data: new Float32Array(dSae), shape: [dSae] },
    b_dec: { data: b_dec, shape: [dModel] },
  };
}

function normalise(row: Float32Array): void {
  const norm = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0));
  if (norm > 0) row.forEach((x, d) => row[d] = x / norm);
}
