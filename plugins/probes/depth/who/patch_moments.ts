/**
 * Patches in, their mean and their covariance out.
 *
 * @module
 */
import type { HostTensor, RowProducts } from "../../../../mod.ts";

/** The sum of `[x | 1]ᵀ [x | 1]` over patches, from which both follow. */
export interface PatchMoments {
  /** Length of a patch's activation. */
  readonly width: number;
  /** `[(width + 1)²]` */
  readonly sums: Float64Array;
}

/** No patch yet. */
export function patchMoments(width: number): PatchMoments {
  return { width, sums: new Float64Array((width + 1) ** 2) };
}

/** Adds patches, `[patches, width]`. */
export async function addMoments(
  { width, sums }: PatchMoments,
  { data, shape }: HostTensor,
  { gram }: Pick<RowProducts, "gram">,
): Promise<void> {
  const ones = { data: new Float64Array(shape[0]!).fill(1), width: 1 };
  const product = await gram({ data, width }, ones);
  product.forEach((value, i) => sums[i]! += value);
}

/** The mean patch, `[width]`. */
export function meanOfPatches({ width, sums }: PatchMoments): Float64Array {
  const last = sums.subarray(width * (width + 1));
  return last.slice(0, width).map((sum) => sum / last[width]!);
}

/** The covariance of the patches, `[width, width]`. */
export function covarianceOfPatches(moments: PatchMoments): Float64Array {
  const { width, sums } = moments, mean = meanOfPatches(moments);
  const patches = sums.at(-1)!;
  return Float64Array.from({ length: width * width }, (_, at) => {
    const [i, j] = [Math.floor(at / width), at % width];
    return sums[i * (width + 1) + j]! / patches - mean[i]! * mean[j]!;
  });
}
