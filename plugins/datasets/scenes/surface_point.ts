/**
 * The first surface point that a ray meets.
 *
 * @module
 */
import { normalOfSolid } from "./normals.ts";
import { type Packed, stride } from "./pack.ts";
import type { Plane } from "./scene.ts";
import { type FirstHit, type SolidList, traceSolids } from "./trace.ts";

/** Where a ray ended; reused, so that casting rays allocates nothing. */
export interface SurfacePoint extends FirstHit {
  /** Index of the plane that was hit, −1 for none. */
  plane: number;
  /** Position. */
  px: number;
  /** Position. */
  py: number;
  /** Position. */
  pz: number;
  /** Unit normal. */
  nx: number;
  /** Unit normal. */
  ny: number;
  /** Unit normal. */
  nz: number;
}

/** A point to be overwritten. */
export function newSurfacePoint(): SurfacePoint {
  return {
    solid: -1,
    plane: -1,
    t: Infinity,
    px: 0.5,
    py: 0.5,
    pz: 0.5,
    nx: 0.5,
    ny: 0.5,
    nz: 0.5,
  };
}

/** Writes into `point` what the ray from `o` along `d` meets first before `t = far`, among `planes` and the solids in `list`. */
export function findSurfacePoint(
  packed: Packed,
  planes: readonly Plane[],
  list: SolidList,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  far: number,
  point: SurfacePoint,
): void {
  point.t = far;
  point.solid = point.plane = -1;
  for (let i = 0; i < planes.length; i++) {
    // By index, since destructuring would use an iterator.
    const { normal, offset } = planes[i]!;
    const x = normal[0], y = normal[1], z = normal[2];
    const facing = dx * x + dy * y + dz * z;
    const t = (offset - (ox * x + oy * y + oz * z)) / facing;
    if (facing < 0 && t > 0 && t < point.t) {
      point.t = t;
      point.plane = i;
    }
  }
  traceSolids(packed, list, ox, oy, oz, dx, dy, dz, point);
  point.px = ox + point.t * dx;
  point.py = oy + point.t * dy;
  point.pz = oz + point.t * dz;
  if (point.solid >= 0) {
    point.plane = -1;
    faceSolid(packed, point);
  } else if (point.plane >= 0) facePlane(planes[point.plane]!, point);
}

function facePlane({ normal }: Plane, point: SurfacePoint): void {
  point.nx = normal[0];
  point.ny = normal[1];
  point.nz = normal[2];
}

const scratch = new Float64Array(3);

function faceSolid({ data, kind }: Packed, point: SurfacePoint): void {
  const at = point.solid * stride;
  const m0 = data[at + 4]!, m1 = data[at + 5]!, m2 = data[at + 6]!;
  const m3 = data[at + 7]!, m4 = data[at + 8]!, m5 = data[at + 9]!;
  const m6 = data[at + 10]!, m7 = data[at + 11]!, m8 = data[at + 12]!;
  const x = point.px - data[at]!;
  const y = point.py - data[at + 1]!;
  const z = point.pz - data[at + 2]!;
  normalOfSolid(
    kind[point.solid]!,
    m0 * x + m1 * y + m2 * z,
    m3 * x + m4 * y + m5 * z,
    m6 * x + m7 * y + m8 * z,
    data[at + 13]!,
    scratch,
  );
  const a = scratch[0]!, b = scratch[1]!, c = scratch[2]!;
  // Normals transform by the transpose of the matrix that takes points from the world.
  const nx = m0 * a + m3 * b + m6 * c;
  const ny = m1 * a + m4 * b + m7 * c;
  const nz = m2 * a + m5 * b + m8 * c;
  const inv = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
  point.nx = nx * inv;
  point.ny = ny * inv;
  point.nz = nz * inv;
}
