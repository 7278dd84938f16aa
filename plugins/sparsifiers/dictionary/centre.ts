/**
 * The centre of a sample of activations.
 *
 * @module
 */
import type { HostTensor } from "../../../mod.ts";

/** The centre of `sample` `[tokens, dModel]`: `[dModel]`. */
export function centre(
  sample: HostTensor,
  which: "geometric-median" | "mean" | "zeros",
): Float32Array {
  if (which === "zeros") return new Float32Array(sample.shape[1]!);
  const middle = which === "mean" ? mean(sample) : geometricMedian(sample);
  return Float32Array.from(middle);
}

function mean({ data, shape }: HostTensor): Float64Array {
  const [tokens, dModel] = shape as [number, number];
  const sums = new Float64Array(dModel);
  for (let i = 0; i < data.length; i++) sums[i % dModel]! += data[i]!;
  return sums.map((sum) => sum / tokens);
}

/**
 * The point with the least total distance to all tokens, by Weiszfeld's
 * algorithm from the mean. Distances are at least `1e-6`, since a token may
 * coincide with the estimate.
 */
function geometricMedian(sample: HostTensor): Float64Array {
  const { data, shape: [tokens, dModel] } = sample as {
    data: Float32Array;
    shape: [number, number];
  };
  let guess = mean(sample);
  for (let round = 0; round < 100; round++) {
    const sums = new Float64Array(dModel);
    let weights = 0;
    for (let token = 0; token < tokens; token++) {
      const row = data.subarray(token * dModel, (token + 1) * dModel);
      let squares = 0;
      for (let d = 0; d < dModel; d++) squares += (row[d]! - guess[d]!) ** 2;
      const weight = 1 / Math.max(Math.sqrt(squares), 1e-6);
      for (let d = 0; d < dModel; d++) sums[d]! += weight * row[d]!;
      weights += weight;
    }
    const next = sums.map((sum) => sum / weights);
    const moved = Math.hypot(...next.map((x, d) => x - guess[d]!));
    guess = next;
    if (moved < 1e-5) break;
  }
  return guess;
}
