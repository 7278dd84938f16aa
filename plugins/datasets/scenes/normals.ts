/**
 * Surface normals of each kind of solid, in the solid's own axes.
 *
 * @module
 */

/** Writes into `out` the outward normal, of any length, at a surface point of a solid of `kind`. */
export function normalOfSolid(
  kind: number,
  x: number,
  y: number,
  z: number,
  shape: number,
  out: Float64Array,
): void {
  switch (kind) {
    case 1:
      return boxNormal(x, y, z, out);
    case 2:
      return frustumNormal(x, y, z, shape, out);
    case 3:
      return write(out, x, y - Math.max(-shape, Math.min(shape, y)), z);
    case 4: {
      const toRing = 1 - 1 / Math.sqrt(x * x + z * z);
      return write(out, x * toRing, y, z * toRing);
    }
    case 5:
      return wedgeNormal(x, y, z, out);
    default:
      return write(out, x, y, z);
  }
}

function write(out: Float64Array, x: number, y: number, z: number): void {
  out[0] = x;
  out[1] = y;
  out[2] = z;
}

function boxNormal(x: number, y: number, z: number, out: Float64Array): void {
  const ax = Math.abs(x), ay = Math.abs(y), az = Math.abs(z);
  if (ax >= ay && ax >= az) write(out, x, 0, 0);
  else if (ay >= az) write(out, 0, y, 0);
  else write(out, 0, 0, z);
}

function frustumNormal(
  x: number,
  y: number,
  z: number,
  top: number,
  out: Float64Array,
): void {
  const slope = (top - 1) / 2, r = (1 + top) / 2 + slope * y;
  const fromSide = Math.abs(Math.sqrt(x * x + z * z) - r);
  if (1 - Math.abs(y) < fromSide) write(out, 0, y, 0);
  else write(out, x, -slope * r, z);
}

function wedgeNormal(x: number, y: number, z: number, out: Float64Array): void {
  const slope = 1 - 2 * Math.abs(x) - y, bottom = 1 + y, end = 1 - Math.abs(z);
  if (end < slope && end < bottom) write(out, 0, 0, z);
  else if (bottom < slope) write(out, 0, -1, 0);
  else write(out, x < 0 ? -2 : 2, 1, 0);
}
