/**
 * Lists the solids that matter to a tile of the picture: those its rays may hit,
 * those that may shade it from each light, and those that darken it by being
 * close.
 *
 * @module
 */
import { type Packed, stride } from "./pack.ts";
import type { Light } from "./scene.ts";
import type { SolidList } from "./trace.ts";

/** The solids that matter to a tile. */
export interface TileSolids {
  /** Solids that a ray through the tile may hit. */
  readonly visible: SolidList;
  /** For each light, the solids that may be in its way. */
  readonly blocking: readonly SolidList[];
  /** Solids close by. */
  readonly close: SolidList;
}

/** A ball that contains the surface points of a tile. */
export interface Ball {
  /** Centre. */
  x: number;
  /** Centre. */
  y: number;
  /** Centre. */
  z: number;
  /** Radius. */
  r: number;
}

function listOf(count: number, filled: boolean): SolidList {
  const index = Int32Array.from({ length: count }, (_, i) => i);
  return { index, count: filled ? count : 0 };
}

/** Lists for rays that start anywhere: all solids are visible and blocking, none is close. */
export function allSolids(count: number, lights: number): TileSolids {
  const all = listOf(count, true);
  return {
    visible: all,
    blocking: Array.from({ length: lights }, () => all),
    close: listOf(count, false),
  };
}

/** Empty lists with room for any tile. */
export function emptyTile(count: number, lights: number): TileSolids {
  return {
    visible: listOf(count, false),
    blocking: Array.from({ length: lights }, () => listOf(count, false)),
    close: listOf(count, false),
  };
}

/** Lists the solids that meet the cone from `o` along the unit vector `d`, whose half angle has `sin` and `cos`. */
export function listVisible(
  { data, count }: Packed,
  list: SolidList,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  cos: number,
  sin: number,
): void {
  list.count = 0;
  for (let i = 0, at = 0; i < count; i++, at += stride) {
    const x = data[at]! - ox, y = data[at + 1]! - oy, z = data[at + 2]! - oz;
    const r = data[at + 3]!, square = x * x + y * y + z * z;
    const along = x * dx + y * dy + z * dz;
    const aside = Math.sqrt(Math.max(0, square - along * along));
    // The centre's distance from the cone's surface; an underestimate behind the eye.
    if (square > r * r && aside * cos - along * sin > r) continue;
    list.index[list.count++] = i;
  }
}

/** Lists the solids that may be between a point of `ball` and a point of `light`. */
export function listBlocking(
  { data, count }: Packed,
  list: SolidList,
  ball: Ball,
  light: Light,
): void {
  const [lx, ly, lz] = light.position;
  const dx = lx - ball.x, dy = ly - ball.y, dz = lz - ball.z;
  const inv = 1 / (dx * dx + dy * dy + dz * dz);
  list.count = 0;
  for (let i = 0, at = 0; i < count; i++, at += stride) {
    const x = data[at]! - ball.x;
    const y = data[at + 1]! - ball.y;
    const z = data[at + 2]! - ball.z;
    const s = Math.max(0, Math.min(1, (x * dx + y * dy + z * dz) * inv));
    const ax = x - s * dx, ay = y - s * dy, az = z - s * dz;
    // The paths from ball to light form a cone, which the solid meets around s, give or take slack.
    const slack = (data[at + 3]! + ball.r) * Math.sqrt(inv);
    const reach = data[at + 3]! + ball.r * Math.min(1, 1 - s + slack) +
      light.radius * Math.min(1, s + slack);
    if (ax * ax + ay * ay + az * az > reach * reach) continue;
    list.index[list.count++] = i;
  }
}

/** Lists the solids within twice their radius of `ball`. */
export function listClose(
  { data, count }: Packed,
  list: SolidList,
  ball: Ball,
): void {
  list.count = 0;
  for (let i = 0, at = 0; i < count; i++, at += stride) {
    const x = data[at]! - ball.x;
    const y = data[at + 1]! - ball.y;
    const z = data[at + 2]! - ball.z;
    const reach = 2 * data[at + 3]! + ball.r;
    if (x * x + y * y + z * z > reach * reach) continue;
    list.index[list.count++] = i;
  }
}
