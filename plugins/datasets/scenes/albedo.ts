/**
 * A material's colour at a point: its pattern, averaged over the pixel, and its
 * stains.
 *
 * @module
 */
import { type Packed, stride } from "./pack.ts";
import type { SurfacePoint } from "./surface_point.ts";
import type { Material } from "./scene.ts";
import { fractalNoise, textureAt } from "./textures.ts";

/** Writes into `out` the albedo at `point`, seen along the unit vector `v` by a pixel `wide` metres wide there. */
export function albedoAt(
  packed: Packed,
  material: Material,
  point: SurfacePoint,
  vx: number,
  vy: number,
  vz: number,
  wide: number,
  out: Float64Array,
): void {
  const { texture, a, b, grime } = material;
  if (texture === "plain" && grime === 0) return setColour(out, a, a, 0, 1);
  const { nx, ny, nz } = point;
  const facing = Math.max(0.02, -(vx * nx + vy * ny + vz * nz));
  // The footprint is `wide` across and `wide / facing` along the view.
  const tx = vx + nx * facing, ty = vy + ny * facing, tz = vz + nz * facing;
  const longer = (1 / facing - 1) /
    Math.sqrt(tx * tx + ty * ty + tz * tz + 1e-12);
  const solid = point.solid;
  const share = solid < 0
    ? onPlane(material, point, tx, ty, tz, wide, longer)
    : onSolid(packed, solid, material, point, tx, ty, tz, wide, longer);
  const stain = grime === 0 ? 1 : 1 + grime *
      (fractalNoise(point.px, point.py + 9, point.pz, wide / facing) * 2 - 1);
  setColour(out, a, b, share, stain);
}

function setColour(
  out: Float64Array,
  a: Material["a"],
  b: Material["b"],
  share: number,
  by: number,
): void {
  out[0] = (a[0] + (b[0] - a[0]) * share) * by;
  out[1] = (a[1] + (b[1] - a[1]) * share) * by;
  out[2] = (a[2] + (b[2] - a[2]) * share) * by;
}

function onPlane(
  { texture, scale }: Material,
  { px, py, pz, nx, ny, nz }: SurfacePoint,
  tx: number,
  ty: number,
  tz: number,
  wide: number,
  longer: number,
): number {
  const w = wide * scale;
  return textureAt(
    texture,
    px * scale,
    py * scale,
    pz * scale,
    nx,
    ny,
    nz,
    w * (1 + Math.abs(tx) * longer),
    w * (1 + Math.abs(ty) * longer),
    w * (1 + Math.abs(tz) * longer),
  );
}

function onSolid(
  { data }: Packed,
  solid: number,
  { texture, scale }: Material,
  { px, py, pz, nx, ny, nz }: SurfacePoint,
  tx: number,
  ty: number,
  tz: number,
  wide: number,
  longer: number,
): number {
  if (texture === "plain") return 0;
  const at = solid * stride, w = wide * scale;
  const hx = data[at + 14]!, hy = data[at + 15]!, hz = data[at + 16]!;
  // Rows of the rotation: the matrix without its division by the half sizes.
  const m0 = data[at + 4]! * hx, m1 = data[at + 5]! * hx;
  const m2 = data[at + 6]! * hx, m3 = data[at + 7]! * hy;
  const m4 = data[at + 8]! * hy, m5 = data[at + 9]! * hy;
  const m6 = data[at + 10]! * hz, m7 = data[at + 11]! * hz;
  const m8 = data[at + 12]! * hz;
  const x = px - data[at]!, y = py - data[at + 1]!, z = pz - data[at + 2]!;
  return textureAt(
    texture,
    (m0 * x + m1 * y + m2 * z) * scale + data[at + 17]!,
    (m3 * x + m4 * y + m5 * z) * scale + data[at + 18]!,
    (m6 * x + m7 * y + m8 * z) * scale + data[at + 19]!,
    m0 * nx + m1 * ny + m2 * nz,
    m3 * nx + m4 * ny + m5 * nz,
    m6 * nx + m7 * ny + m8 * nz,
    w * (1 + Math.abs(m0 * tx + m1 * ty + m2 * tz) * longer),
    w * (1 + Math.abs(m3 * tx + m4 * ty + m5 * tz) * longer),
    w * (1 + Math.abs(m6 * tx + m7 * ty + m8 * tz) * longer),
  );
}
