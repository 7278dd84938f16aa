/**
 * Encodes activations: the pre-activations, and the selection among them.
 *
 * @module
 */
import type { Codes, EncoderWeights, Selection, Tensor } from "../../../mod.ts";
import { dense, makeTensor, matrix, zip } from "./dense.ts";
import type { Sparse } from "./codes.ts";

/** The entries of `(x − b_dec) · W_encᵀ + b_enc` that `selection` keeps, for `x` `[rows, dModel]`. */
export function encode(
  x: Tensor,
  { W_enc, b_enc, b_dec }: EncoderWeights,
  selection: Selection,
): Codes {
  const [rows, dModel] = matrix(x, "x");
  const [dSae, width] = matrix(W_enc, "W_enc");
  if (width !== dModel) {
    throw new RangeError(
      `Cannot encode [${rows}, ${dModel}] with W_enc [${dSae}, ${width}]: the widths must match`,
    );
  }
  const input = b_dec ? zip(x, b_dec, (a, b) => a - b) : dense(x);
  const pre = new Float32Array(rows * dSae);
  for (let row = 0; row < rows; row++) {
    for (let latent = 0; latent < dSae; latent++) {
      let sum = b_enc ? dense(b_enc).data[latent]! : 0;
      for (let d = 0; d < dModel; d++) {
        sum += input.data[row * dModel + d]! *
          dense(W_enc).data[latent * dModel + d]!;
      }
      pre[row * dSae + latent] = sum;
    }
  }
  return select(pre, [rows, dSae], selection);
}

/** The entries of `pre` that `selection` keeps, as codes. */
function select(
  pre: Float32Array,
  shape: readonly [number, number],
  selection: Selection,
): Sparse {
  const [rows, dSae] = shape;
  const kept = chosen(pre, shape, selection).filter((at) => pre[at]! > 0);
  kept.sort((p, q) => p - q);
  const offsets = new Uint32Array(rows + 1);
  for (const at of kept) offsets[Math.floor(at / dSae) + 1]!++;
  for (let row = 0; row < rows; row++) offsets[row + 1]! += offsets[row]!;
  return {
    shape,
    offsets,
    latents: Uint32Array.from(kept, (at) => at % dSae),
    values: makeTensor(Float32Array.from(kept, (at) => pre[at]!), [
      kept.length,
    ]),
  };
}

/** The flat indices that `selection` chooses, whether positive or not. */
function chosen(
  pre: Float32Array,
  [rows, dSae]: readonly [number, number],
  selection: Selection,
): number[] {
  const all = Array.from(pre.keys());
  const largest = (candidates: number[], k: number): number[] =>
    candidates.sort((p, q) => pre[q]! - pre[p]! || p - q).slice(0, k);
  switch (selection.keep) {
    case "positive":
      return all;
    case "above": {
      const threshold = dense(selection.threshold).data;
      return all.filter((at) => pre[at]! > threshold[at % dSae]!);
    }
    case "batch-top-k":
      return largest(all, Math.floor(selection.k * rows));
    case "top-k": {
      const latents = selection.among ??
        Uint32Array.from({ length: dSae }, (_, i) => i);
      return Array.from(
        { length: rows },
        (_, row) =>
          largest(
            Array.from(latents, (latent) => row * dSae + latent),
            selection.k,
          ),
      )
        .flat();
    }
  }
}
