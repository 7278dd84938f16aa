/**
 * Tuning curves with their intervals, by a bootstrap over clusters of pictures.
 *
 * @module
 */
import { ratioOfSums } from "../../../mod.ts";
import { type LatentEntries, sliceOf } from "../study/latent_entries.ts";
import { noBin, type TargetScale } from "./target_scale.ts";

/** A bin of a latent's tuning curve. */
export type CurveBin = Readonly<ReturnType<typeof curveIntervals>[number]>;

/** The curves of some latents, bin after bin. */
export function curveIntervals(
  scale: TargetScale,
  codes: LatentEntries,
  latents: readonly number[],
  seed: number,
) {
  const { count, bin, half, patches: { cells, clusters } } = scale;
  const draws = { clusters: [...half.keys()], seed };
  /** A number of each cluster for each bin. */
  const perBin = () =>
    Array.from({ length: count }, () => new Float64Array(half.length));
  const n = perBin();
  bin.forEach((b, patch) => {
    if (b !== noBin) n[b]![clusters[Math.floor(patch / cells)]!]!++;
  });
  return latents.flatMap((latent) => {
    const { patches, pictures, values } = sliceOf(codes, latent, cells);
    const sums = perBin();
    values.forEach((value, entry) => {
      const b = bin[patches[entry]!]!;
      if (b !== noBin) sums[b]![clusters[pictures[entry]!]!]! += value;
    });
    return sums.map((sum, b) => ({
      latent,
      bin: b,
      /** The mean activation in it, zeros included. */
      mean: ratioOfSums(sum, n[b], draws),
    }));
  });
}
