/**
 * Resizes maps as torch and OpenCV do.
 *
 * @module
 */
import type { DenseMap } from "./dataset.ts";

/**
 * How values are interpolated:
 *
 * - `"bicubic"`: Keys's cubic convolution with a = −0.75
 *   (doi:10.1109/TASSP.1981.1163711), edges aligned and without antialiasing:
 *   torch's `interpolate(mode="bicubic")`, OpenCV's `resize` with `INTER_CUBIC`;
 * - `"bilinear-corners"`: linear, with the centres of the corner pixels aligned:
 *   `interpolate(mode="bilinear", align_corners=True)`.
 */
export type MapFilter = "bicubic" | "bilinear-corners";

/** Along one axis, the `taps` old pixels that each new one is made of. */
interface Axis {
  readonly taps: number;
  /** The old pixels, `[to, taps]`. */
  readonly places: Int32Array;
  /** Their weights, `[to, taps]`. */
  readonly weights: Float64Array;
}

/**
 * Resizes `map`. Depth Anything's depth is resized to its picture this way: with
 * `"bicubic"` in Hugging Face's code, with `"bilinear-corners"` in the original.
 * A pixel that depends on a NaN is NaN.
 *
 * @throws {RangeError} When a width or height is not a positive integer.
 *
 * @example
 * ```ts
 * import { resizeMap } from "tessera";
 * import { deepEqual } from "node:assert/strict";
 *
 * const slope = { data: Float32Array.of(1, 3), width: 2, height: 1 };
 * const size = { width: 5, height: 1 };
 * const { data } = resizeMap(slope, size, "bilinear-corners");
 * deepEqual([...data], [1, 1.5, 2, 2.5, 3]);
 * ```
 */
export function resizeMap(
  map: DenseMap,
  size: Pick<DenseMap, "width" | "height">,
  how: MapFilter,
): DenseMap {
  check(map);
  check(size);
  const along = axisOf(how, map.width, size.width);
  const down = axisOf(how, map.height, size.height);
  return downColumns(alongRows(map, along, size.width), down, size.height);
}

function check({ width, height }: Pick<DenseMap, "width" | "height">): void {
  if ([width, height].every((side) => Number.isInteger(side) && side > 0)) {
    return;
  }
  throw new RangeError(
    `Cannot resize a map with a size of ${width}×${height}: width and height must be whole numbers from 1`,
  );
}

function alongRows(map: DenseMap, axis: Axis, width: number): DenseMap {
  const { taps, places, weights } = axis, { data: from, height } = map;
  const data = new Float32Array(width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = y * map.width;
    for (let k = 0; k < width * taps; to++) {
      let sum = 0;
      for (const end = k + taps; k < end; k++) {
        // A weight of 0 must not let a NaN through.
        if (weights[k] !== 0) sum += from[row + places[k]!]! * weights[k]!;
      }
      data[to] = sum;
    }
  }
  return { data, width, height };
}

function downColumns(map: DenseMap, axis: Axis, height: number): DenseMap {
  const { taps, places, weights } = axis, { data: from, width } = map;
  const data = new Float32Array(width * height);
  const sums = new Float64Array(width);
  for (let y = 0, k = 0; y < height; y++) {
    sums.fill(0);
    for (const end = k + taps; k < end; k++) {
      const row = places[k]! * width, weight = weights[k]!;
      if (weight === 0) continue;
      for (let x = 0; x < width; x++) sums[x]! += from[row + x]! * weight;
    }
    data.set(sums, y * width);
  }
  return { data, width, height };
}

function axisOf(how: MapFilter, from: number, to: number): Axis {
  const [reach, taps] = how === "bicubic" ? [cubic, 4] : [linear, 2];
  const places = new Int32Array(to * taps);
  const weights = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const at = how === "bicubic"
      ? (i + 0.5) * (from / to) - 0.5
      : to === 1
      ? 0
      : i * ((from - 1) / (to - 1));
    const [first, shares] = reach(Math.fround(at)); // float32, as in torch and OpenCV
    shares.forEach((share, k) => {
      places[i * taps + k] = Math.min(from - 1, Math.max(0, first + k));
      weights[i * taps + k] = share;
    });
  }
  return { taps, places, weights };
}

/** The first of the two pixels around `at`, and the weight of each. */
function linear(at: number): [first: number, shares: number[]] {
  const first = Math.floor(at), rest = at - first;
  return [first, [1 - rest, rest]];
}

/** The first of the four pixels around `at`, and the weight of each. */
function cubic(at: number): [first: number, shares: number[]] {
  const first = Math.floor(at), rest = at - first;
  const shares = [1 + rest, rest, 1 - rest, 2 - rest].map(keys);
  return [first - 1, shares];
}

/** Keys's kernel at a distance below 2. */
function keys(x: number): number {
  const a = -0.75;
  return x <= 1
    ? ((a + 2) * x - (a + 3)) * x * x + 1
    : (((x - 5) * x + 8) * x - 4) * a;
}
