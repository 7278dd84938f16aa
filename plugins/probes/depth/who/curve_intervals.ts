/**
 * A latent's entries in, its tuning curve and how sure it is out.
 *
 * @module
 */
import { bootstrap } from "../../../../mod.ts";
import type { TargetScale } from "./target_scale.ts";
import { type LatentEntries, sliceOf } from "../study/latent_entries.ts";

/** A tuning curve with its 95 % interval, `[bins]` each; NaN where there is none. */
export interface TuningCurve {
  /** Its latent. */
  readonly latent: number;
  /** The mean activation, zeros included. */
  readonly mean: Float64Array;
  /** The lower end. */
  readonly low: Float64Array;
  /** The upper end. */
  readonly high: Float64Array;
}

/** The curves of some latents, with intervals of a bootstrap over clusters of pictures. */
export function curveIntervals(
  scale: TargetScale,
  codes: LatentEntries,
  latents: readonly number[],
  seed: number,
): TuningCurve[] {
  const { count, bin, unknown, half, patches } = scale, { cells } = patches;
  const clusters = half.length;
  const n = new Float64Array(clusters * count);
  bin.forEach((b, patch) => {
    if (b === unknown) return;
    n[patches.clusters[Math.floor(patch / cells)]! * count + b]!++;
  });
  return latents.map((latent) => {
    const slice = sliceOf(codes, latent, cells);
    const sums = new Float64Array(clusters * count);
    slice.values.forEach((value, entry) => {
      const b = bin[slice.patches[entry]!]!;
      if (b === unknown) return;
      sums[patches.clusters[slice.pictures[entry]!]! * count + b]! += value;
    });
    const mean = new Float64Array(count);
    const [low, high] = [mean.slice().fill(NaN), mean.slice().fill(NaN)];
    for (let b = 0; b < count; b++) {
      const of = (times: ArrayLike<number>): number => {
        let sum = 0, all = 0;
        for (let cluster = 0; cluster < clusters; cluster++) {
          sum += times[cluster]! * sums[cluster * count + b]!;
          all += times[cluster]! * n[cluster * count + b]!;
        }
        return sum / all;
      };
      mean[b] = of(new Float64Array(clusters).fill(1));
      const interval = bootstrap({ clusters, seed }, of);
      low[b] = interval.low ?? NaN;
      high[b] = interval.high ?? NaN;
    }
    return { latent, mean, low, high };
  });
}
