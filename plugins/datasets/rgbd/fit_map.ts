/**
 * Resizes a depth map to its picture.
 *
 * @module
 */
import type { DenseMap } from "../../../mod.ts";

/** Aspect ratios that differ by more do not show the same view. */
const tolerance = 0.02;

/**
 * `map` at another size of the same aspect ratio, by nearest neighbour, so that
 * no depth is invented where objects meet or beside NaN.
 *
 * @throws {Error} When the aspect ratios differ by more than 2 %; the message is only the reason.
 */
export function fitMap(
  map: DenseMap,
  { width, height }: Pick<DenseMap, "width" | "height">,
): DenseMap {
  if (map.width === width && map.height === height) return map;
  const stretch = (map.width * height) / (map.height * width);
  if (Math.max(stretch, 1 / stretch) > 1 + tolerance) {
    throw new Error(
      `the depth is ${map.width}×${map.height}, the picture ${width}×${height}, and aspect ratios that differ by more than 2 % cannot show the same view: crop one to match the other`,
    );
  }
  const columns = nearest(map.width, width), rows = nearest(map.height, height);
  const data = new Float32Array(width * height);
  rows.forEach((row, y) =>
    columns.forEach((column, x) => {
      data[y * width + x] = map.data[row * map.width + column]!;
    })
  );
  return { data, width, height };
}

/** The old index under the centre of each new pixel. */
function nearest(from: number, to: number): Uint32Array {
  return Uint32Array.from(
    { length: to },
    (_, i) => Math.floor((i + 0.5) * (from / to)),
  );
}
