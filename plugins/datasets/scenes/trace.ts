/**
 * Casts rays at many solids: which one is hit first, whether anything is in the
 * way, and how open the surroundings are.
 *
 * @module
 */
import { type Packed, stride } from "./pack.ts";
import { enterSolid } from "./primitives.ts";

/** A list of solids: the first `count` values of `index`. */
export interface SolidList {
  /** Indices of solids. */
  readonly index: Int32Array;
  /** Length of the list. */
  count: number;
}

/** The first solid that a ray hits. */
export interface FirstHit {
  /** Its index, −1 for none. */
  solid: number;
  /** Distance from the ray's origin, in lengths of its direction. */
  t: number;
}

/** Writes into `hit` the first solid of `list` that the ray hits before `hit.t`, if any. */
export function traceSolids(
  packed: Packed,
  list: SolidList,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  hit: FirstHit,
): void {
  const { data, kind } = packed, { index, count } = list;
  const inv = 1 / (dx * dx + dy * dy + dz * dz);
  for (let i = 0; i < count; i++) {
    const solid = index[i]!, at = solid * stride;
    const cx = ox - data[at]!, cy = oy - data[at + 1]!, cz = oz - data[at + 2]!;
    const along = (cx * dx + cy * dy + cz * dz) * inv;
    const excess = cx * cx + cy * cy + cz * cz -
      data[at + 3]! * data[at + 3]!;
    // The ray misses the bounding ball, or the ball is behind.
    if (along * along < excess * inv || (along > 0 && excess > 0)) continue;
    const t = enter(packed, kind[solid]!, at, cx, cy, cz, dx, dy, dz);
    if (t < hit.t) {
      hit.t = t;
      hit.solid = solid;
    }
  }
}

/** Whether a solid of `list` other than `except` is between `o` and `o + d`. */
export function isBlocked(
  packed: Packed,
  list: SolidList,
  except: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
): boolean {
  const { data, kind } = packed, { index, count } = list;
  const inv = 1 / (dx * dx + dy * dy + dz * dz);
  for (let i = 0; i < count; i++) {
    const solid = index[i]!, at = solid * stride;
    if (solid === except) continue;
    const cx = ox - data[at]!, cy = oy - data[at + 1]!, cz = oz - data[at + 2]!;
    const along = (cx * dx + cy * dy + cz * dz) * inv;
    const excess = cx * cx + cy * cy + cz * cz -
      data[at + 3]! * data[at + 3]!;
    if (along * along < excess * inv || (along > 0 && excess > 0)) continue;
    if (enter(packed, kind[solid]!, at, cx, cy, cz, dx, dy, dz) < 1) {
      // It likely hides the light from the next point, too: move it to the front.
      index[i] = index[0]!;
      index[0] = solid;
      return true;
    }
  }
  return false;
}

function enter(
  { data }: Packed,
  kind: number,
  at: number,
  cx: number,
  cy: number,
  cz: number,
  dx: number,
  dy: number,
  dz: number,
): number {
  const m0 = data[at + 4]!, m1 = data[at + 5]!, m2 = data[at + 6]!;
  const m3 = data[at + 7]!, m4 = data[at + 8]!, m5 = data[at + 9]!;
  const m6 = data[at + 10]!, m7 = data[at + 11]!, m8 = data[at + 12]!;
  return enterSolid(
    kind,
    m0 * cx + m1 * cy + m2 * cz,
    m3 * cx + m4 * cy + m5 * cz,
    m6 * cx + m7 * cy + m8 * cz,
    m0 * dx + m1 * dy + m2 * dz,
    m3 * dx + m4 * dy + m5 * dz,
    m6 * dx + m7 * dy + m8 * dz,
    data[at + 13]!,
  );
}

/**
 * Share of ambient light that reaches the point `p` facing `n`, past the solids
 * of `list` other than `except`. Each counts as an ellipsoid whose shade fades
 * with the fourth power of the distance in units of its size, and ends at twice
 * its size.
 */
export function openness(
  { data }: Packed,
  list: SolidList,
  except: number,
  px: number,
  py: number,
  pz: number,
  nx: number,
  ny: number,
  nz: number,
): number {
  const { index, count } = list;
  let open = 1;
  for (let i = 0; i < count; i++) {
    const solid = index[i]!, at = solid * stride;
    if (solid === except) continue;
    const cx = px - data[at]!, cy = py - data[at + 1]!, cz = pz - data[at + 2]!;
    const facing = -(nx * cx + ny * cy + nz * cz) /
      Math.sqrt(cx * cx + cy * cy + cz * cz);
    if (facing < -0.3) continue;
    const x = data[at + 4]! * cx + data[at + 5]! * cy + data[at + 6]! * cz;
    const y = data[at + 7]! * cx + data[at + 8]! * cy + data[at + 9]! * cz;
    const z = data[at + 10]! * cx + data[at + 11]! * cy + data[at + 12]! * cz;
    const far = Math.max(1, x * x + y * y + z * z);
    if (far > 4) continue;
    open *= 1 - 0.6 * (facing + 0.3) * (1 / (far * far) - 1 / 16);
  }
  return open;
}
