/**
 * Turns a map as its picture is turned upright.
 *
 * @module
 */
import type { DenseMap } from "../../../mod.ts";

/** Where in the stored map a place of the upright one comes from; `right` and `bottom` are its last column and row. */
type Source = (
  x: number,
  y: number,
  right: number,
  bottom: number,
) => readonly [x: number, y: number];

/** By EXIF's orientation, 2 to 8: how the stored rows and columns lie. */
const sources: Readonly<Record<number, Source>> = {
  2: (x, y, right) => [right - x, y],
  3: (x, y, right, bottom) => [right - x, bottom - y],
  4: (x, y, _, bottom) => [x, bottom - y],
  5: (x, y) => [y, x],
  6: (x, y, _, bottom) => [y, bottom - x],
  7: (x, y, right, bottom) => [right - y, bottom - x],
  8: (x, y, right) => [right - y, x],
};

/** Whether an orientation swaps width and height. */
export function isSideways(orientation: number): boolean {
  return orientation >= 5 && orientation <= 8;
}

/** A map that lies pixel on pixel over a stored picture, turned by the picture's EXIF orientation, 1 to 8. */
export function turnMap(map: DenseMap, orientation: number): DenseMap {
  const source = sources[orientation];
  if (!source) return map;
  const [width, height] = isSideways(orientation)
    ? [map.height, map.width]
    : [map.width, map.height];
  const data = new Float32Array(map.data.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to++) {
      const [column, row] = source(x, y, map.width - 1, map.height - 1);
      data[to] = map.data[row * map.width + column]!;
    }
  }
  return { data, width, height };
}
