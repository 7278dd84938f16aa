/**
 * Statistics of the pixels under each cell of a grid.
 *
 * @module
 */
import type { RgbImage, TokenLayout, View } from "../../../mod.ts";
import { cellPixels } from "../study/cell_pixels.ts";

/** Mean red, green and blue, their standard deviations, and the mean gradient. */
export const pixelStatistics = 7;

/**
 * Mean and standard deviation of red, green and blue in `[0, 1]`, and the mean
 * length of the brightness's gradient, of each cell of a grid over `view`, all
 * of the picture when absent: `[cells, 7]`.
 */
export function pixelsOf(
  image: RgbImage,
  grid: TokenLayout["grid"],
  view?: View,
): Float32Array {
  const { ys, xs } = cellPixels(image, grid, view);
  const gradient = gradients(image);
  return Float32Array.from(
    ys.flatMap((y) =>
      xs.flatMap((x) => statistics(image, gradient, [...x, ...y]))
    ),
  );
}

/** Length of the gradient of brightness at each pixel, from its right and lower neighbours. */
function gradients({ data, width, height }: RgbImage): Float32Array {
  const grey = new Float32Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = (data[3 * i]! + data[3 * i + 1]! + data[3 * i + 2]!) / 765;
  }
  const out = new Float32Array(grey.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const dx = x + 1 < width ? grey[i + 1]! - grey[i]! : 0;
      const dy = y + 1 < height ? grey[i + width]! - grey[i]! : 0;
      out[i] = Math.sqrt(dx * dx + dy * dy);
    }
  }
  return out;
}

function statistics(
  { data, width }: RgbImage,
  gradient: Float32Array,
  [left, right, top, bottom]: readonly [number, number, number, number],
): number[] {
  const sums = [0, 0, 0], squares = [0, 0, 0];
  let slope = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const i = y * width + x;
      for (let c = 0; c < 3; c++) {
        const value = data[3 * i + c]! / 255;
        sums[c]! += value;
        squares[c]! += value * value;
      }
      slope += gradient[i]!;
    }
  }
  const n = (right - left) * (bottom - top);
  const means = sums.map((sum) => sum / n);
  const sds = squares.map((square, c) =>
    Math.sqrt(Math.max(0, square / n - means[c]! ** 2))
  );
  return [...means, ...sds, slope / n];
}
