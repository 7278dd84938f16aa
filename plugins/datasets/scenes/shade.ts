/**
 * The radiance of a surface point: ambient light, lights with soft shadows,
 * highlights, one mirror bounce, fog.
 *
 * @module
 */
import type { Packed } from "./pack.ts";
import type { PreparedScene } from "./prepared_scene.ts";
import { findSurfacePoint, type SurfacePoint } from "./surface_point.ts";
import type { Material, Scene } from "./scene.ts";
import { skyColour } from "./sky.ts";
import { albedoAt } from "./albedo.ts";
import type { TileSolids } from "./tile_culling.ts";
import { isBlocked, openness, type SolidList } from "./trace.ts";

/** The material of the surface that `point` is on. */
function materialOf({ scene }: PreparedScene, point: SurfacePoint): Material {
  return point.solid >= 0
    ? scene.solids[point.solid]!.material
    : scene.planes[point.plane]!.material;
}

/**
 * Writes into `out` the radiance from `point` to the eye, which looks along the
 * unit vector `v`. `wide` is the pixel's width in metres at the point, `tile` the
 * solids that matter there, and `turn` (0 to 15) the pixel's pattern of shadow
 * rays, or −1 for a single ray and no mirror.
 */
export function shade(
  prepared: PreparedScene,
  point: SurfacePoint,
  tile: TileSolids,
  vx: number,
  vy: number,
  vz: number,
  wide: number,
  distance: number,
  turn: number,
  out: Float64Array,
): void {
  const { scene, packed, albedo, light } = prepared;
  if (point.solid < 0 && point.plane < 0) {
    return skyColour(scene, vx, vy, vz, out);
  }
  const material = materialOf(prepared, point);
  albedoAt(packed, material, point, vx, vy, vz, wide, albedo);
  ambientLight(prepared, point, tile, light);
  out[0] = albedo[0]! * (light[0]! + material.glow);
  out[1] = albedo[1]! * (light[1]! + material.glow);
  out[2] = albedo[2]! * (light[2]! + material.glow);
  for (let i = 0; i < scene.lights.length; i++) {
    addLight(prepared, point, tile, i, material, vx, vy, vz, turn, out);
  }
  if (material.mirror > 0 && turn >= 0) {
    addMirror(
      prepared,
      point,
      material.mirror,
      vx,
      vy,
      vz,
      wide,
      distance,
      out,
    );
  }
  if (scene.fog > 0) addFog(scene, distance, out);
}

function ambientLight(
  { scene, packed }: PreparedScene,
  point: SurfacePoint,
  { close }: TileSolids,
  out: Float64Array,
): void {
  const { nx, ny, nz, px, py, pz } = point, { planes } = scene;
  let open = openness(packed, close, point.solid, px, py, pz, nx, ny, nz);
  for (let i = 0; i < planes.length; i++) {
    if (i === point.plane) continue;
    const { normal, offset } = planes[i]!;
    const gap = px * normal[0] + py * normal[1] + pz * normal[2] - offset;
    const facing = 1 - (nx * normal[0] + ny * normal[1] + nz * normal[2]);
    const near = 1 / (1 + 9 * gap * gap);
    open *= 1 - 0.3 * facing * near;
  }
  const up = 0.5 + 0.5 * ny;
  const above = scene.ambient[0], below = scene.ambient[1];
  out[0] = open * (below[0] + (above[0] - below[0]) * up);
  out[1] = open * (below[1] + (above[1] - below[1]) * up);
  out[2] = open * (below[2] + (above[2] - below[2]) * up);
}

function addLight(
  prepared: PreparedScene,
  point: SurfacePoint,
  tile: TileSolids,
  index: number,
  material: Material,
  vx: number,
  vy: number,
  vz: number,
  turn: number,
  out: Float64Array,
): void {
  const light = prepared.scene.lights[index]!, { position, reach } = light;
  const { nx, ny, nz } = point;
  const dx = position[0] - point.px;
  const dy = position[1] - point.py;
  const dz = position[2] - point.pz;
  const square = dx * dx + dy * dy + dz * dz, inv = 1 / Math.sqrt(square);
  const facing = (dx * nx + dy * ny + dz * nz) * inv;
  if (facing <= 0) return;
  const lit = visibility(prepared, point, tile, index, dx, dy, dz, turn);
  if (lit === 0) return;
  const power = lit * reach * reach /
    (square + light.radius * light.radius);
  let shine = 0;
  if (material.specular > 0) {
    const hx = dx * inv - vx, hy = dy * inv - vy, hz = dz * inv - vz;
    const cos = (hx * nx + hy * ny + hz * nz) /
      Math.sqrt(hx * hx + hy * hy + hz * hz);
    shine = material.specular * power * Math.pow(cos, material.shininess);
  }
  const { albedo } = prepared, { colour } = light;
  out[0]! += colour[0] * (albedo[0]! * facing * power + shine);
  out[1]! += colour[1] * (albedo[1]! * facing * power + shine);
  out[2]! += colour[2] * (albedo[2]! * facing * power + shine);
}

const rays = 8;

/** The rays' angles and areas in eighths of a turn and of the disk; the first half alone is evenly spread, too. */
const eighths = [[0, 0], [2, 4], [4, 2], [6, 6], [1, 5], [3, 1], [5, 7], [
  7,
  3,
]] as const;

/** `[16, rays, 2]`: for each of 16 turns, points evenly spread over the unit disk. */
const disk: Float64Array = Float64Array.from(
  { length: 16 * rays * 2 },
  (_, i) => {
    const [around, out] = eighths[(i >> 1) % rays]!;
    const turn = Math.floor(i / (2 * rays)) / 16;
    const angle = (around + turn) * Math.PI / 4;
    const r = Math.sqrt((out + turn) / 8);
    return r * (i % 2 ? Math.sin(angle) : Math.cos(angle));
  },
);

/** Visible share of light `index`, whose centre is at `point + d`. */
function visibility(
  { scene, packed }: PreparedScene,
  point: SurfacePoint,
  tile: TileSolids,
  index: number,
  dx: number,
  dy: number,
  dz: number,
  turn: number,
): number {
  const list = tile.blocking[index]!;
  if (list.count === 0) return 1;
  // All solids but the torus are convex, and do not shade themselves where they face the light.
  const convex = point.solid >= 0 && packed.kind[point.solid] !== 4;
  const except = convex ? point.solid : -1;
  const lift = convex ? 0 : 1e-4 * (1 + point.t);
  const px = point.px + lift * point.nx;
  const py = point.py + lift * point.ny;
  const pz = point.pz + lift * point.nz;
  const radius = scene.lights[index]!.radius;
  if (turn < 0 || radius === 0) {
    return isBlocked(packed, list, except, px, py, pz, dx, dy, dz) ? 0 : 1;
  }
  return softly(packed, list, except, px, py, pz, dx, dy, dz, radius, turn);
}

function softly(
  packed: Packed,
  list: SolidList,
  except: number,
  px: number,
  py: number,
  pz: number,
  dx: number,
  dy: number,
  dz: number,
  radius: number,
  turn: number,
): number {
  // Two unit vectors perpendicular to d.
  const inv = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  const flat = Math.sqrt(dx * dx + dz * dz);
  const ux = flat > 1e-9 ? dz / flat : 1, uz = flat > 1e-9 ? -dx / flat : 0;
  const wx = dy * uz * inv, wy = (dz * ux - dx * uz) * inv;
  const wz = -dy * ux * inv;
  let lit = 0;
  for (let ray = 0, at = turn * rays * 2; ray < rays; ray++, at += 2) {
    // The second half is cast only when the first disagrees.
    if (ray === rays / 2 && (lit === 0 || lit === ray)) return lit / ray;
    const a = disk[at]! * radius, b = disk[at + 1]! * radius;
    const ex = dx + a * ux + b * wx;
    const ey = dy + b * wy;
    const ez = dz + a * uz + b * wz;
    if (!isBlocked(packed, list, except, px, py, pz, ex, ey, ez)) lit++;
  }
  return lit / rays;
}

function addMirror(
  prepared: PreparedScene,
  point: SurfacePoint,
  mirror: number,
  vx: number,
  vy: number,
  vz: number,
  wide: number,
  distance: number,
  out: Float64Array,
): void {
  const { scene, packed, all, bounce, mirrored } = prepared;
  const { nx, ny, nz } = point, along = vx * nx + vy * ny + vz * nz;
  const rx = vx - 2 * along * nx;
  const ry = vy - 2 * along * ny;
  const rz = vz - 2 * along * nz;
  const px = point.px + 1e-4 * nx;
  const py = point.py + 1e-4 * ny;
  const pz = point.pz + 1e-4 * nz;
  const { planes, far } = scene;
  findSurfacePoint(
    packed,
    planes,
    all.visible,
    px,
    py,
    pz,
    rx,
    ry,
    rz,
    far,
    bounce,
  );
  const wider = wide * (distance + bounce.t) / distance;
  shade(prepared, bounce, all, rx, ry, rz, wider, bounce.t, -1, mirrored);
  // Schlick's approximation of Fresnel reflection.
  const grazing = Math.pow(Math.max(0, 1 + along), 5);
  const share = mirror + (1 - mirror) * mirror * grazing;
  for (let c = 0; c < 3; c++) {
    out[c] = out[c]! + (mirrored[c]! - out[c]!) * share;
  }
}

function addFog(
  { fog, sky }: Scene,
  distance: number,
  out: Float64Array,
): void {
  const clear = Math.exp(-fog * distance);
  for (let c = 0; c < 3; c++) {
    out[c] = sky.horizon[c]! + (out[c]! - sky.horizon[c]!) * clear;
  }
}
