/**
 * Where a ray enters each kind of solid, in the solid's own axes: each lies
 * in `[-1, 1]³` (a capsule is longer, a torus wider). A ray's direction may have
 * any length, and `t` is in units of it.
 *
 * @module
 */

/** Returns the `t > 0` at which the ray from `o` along `d` enters a solid; `Infinity` if it does not. */
type Enter = (
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  shape: number,
) => number;

/** Enters the unit ball, `|p| ≤ 1`. */
const enterSphere: Enter = (ox, oy, oz, dx, dy, dz) => {
  const a = dx * dx + dy * dy + dz * dz;
  const b = ox * dx + oy * dy + oz * dz;
  const disc = b * b - a * (ox * ox + oy * oy + oz * oz - 1);
  if (disc < 0) return Infinity;
  const t = (-b - Math.sqrt(disc)) / a;
  return t > 0 ? t : Infinity;
};

/** Enters the cube, by the slab method. */
const enterBox: Enter = (ox, oy, oz, dx, dy, dz) => {
  const ix = 1 / dx, iy = 1 / dy, iz = 1 / dz;
  const ax = (-1 - ox) * ix, bx = (1 - ox) * ix;
  const ay = (-1 - oy) * iy, by = (1 - oy) * iy;
  const az = (-1 - oz) * iz, bz = (1 - oz) * iz;
  const enter = Math.max(
    Math.min(ax, bx),
    Math.min(ay, by),
    Math.min(az, bz),
  );
  const leave = Math.min(
    Math.max(ax, bx),
    Math.max(ay, by),
    Math.max(az, bz),
  );
  return enter > 0 && enter < leave ? enter : Infinity;
};

/** Enters a cylinder or cone with flat ends: radius 1 at `y = −1`, `top` at `y = 1`. */
const enterFrustum: Enter = (ox, oy, oz, dx, dy, dz, top) => {
  const slope = (top - 1) / 2, r = (1 + top) / 2 + slope * oy;
  // The end that faces the ray is hit first, if at all.
  const end = ((dy < 0 ? 1 : -1) - oy) / dy;
  if (end > 0) {
    const x = ox + end * dx, z = oz + end * dz, edge = dy < 0 ? top : 1;
    if (x * x + z * z <= edge * edge) return end;
  }
  const a = dx * dx + dz * dz - slope * slope * dy * dy;
  const b = ox * dx + oz * dz - slope * dy * r;
  const disc = b * b - a * (ox * ox + oz * oz - r * r);
  if (disc < 0) return Infinity;
  const root = Math.sqrt(disc);
  // Steep rays (a < 0) may meet the cone's other half first: try both roots.
  const near = (-b - root) / a, far = (-b + root) / a;
  const first = Math.min(near, far), last = Math.max(near, far);
  if (first > 0 && Math.abs(oy + first * dy) <= 1) return first;
  const entering = a < 0 && last > 0 && Math.abs(oy + last * dy) <= 1;
  return entering ? last : Infinity;
};

/** Enters the points within 1 of the segment `|y| ≤ half`. */
const enterCapsule: Enter = (ox, oy, oz, dx, dy, dz, half) => {
  const a = dx * dx + dz * dz, b = ox * dx + oz * dz;
  const disc = b * b - a * (ox * ox + oz * oz - 1);
  if (disc < 0) return Infinity;
  const t = (-b - Math.sqrt(disc)) / a;
  const y = oy + t * dy;
  if (Math.abs(y) <= half) return t > 0 ? t : Infinity;
  // Along the axis (a = 0) only the direction tells which end is hit.
  const up = a === 0 ? dy < 0 : y > 0;
  return enterSphere(ox, up ? oy - half : oy + half, oz, dx, dy, dz, 1);
};

/**
 * Enters the points within `tube` of the unit circle in the plane `y = 0`:
 * sphere tracing (Hart 1996) to the neighbourhood, then Newton's method.
 */
const enterTorus: Enter = (ox, oy, oz, dx, dy, dz, tube) => {
  const reach = 1 + tube, inv = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
  const ux = dx * inv, uy = dy * inv, uz = dz * inv;
  const b = ox * ux + oy * uy + oz * uz;
  const disc = b * b - (ox * ox + oy * oy + oz * oz - reach * reach);
  if (disc < 0) return Infinity;
  const root = Math.sqrt(disc), end = root - b;
  let t = Math.max(1e-6, -b - root), polish = 0;
  for (let step = 0; step < 256 && t < end; step++) {
    const x = ox + t * ux, y = oy + t * uy, z = oz + t * uz;
    const ring = Math.sqrt(x * x + z * z), q = ring - 1;
    const out = Math.sqrt(q * q + y * y), gap = out - tube;
    if (gap > 1e-4 && polish === 0) {
      t += gap;
      continue;
    }
    const fall = ((x * ux + z * uz) * q / ring + y * uy) / out;
    if (fall > -1e-4) { // leaving, or grazing
      t += Math.max(gap, 1e-3);
      polish = 0;
    } else {
      t -= gap / fall;
      const done = Math.abs(gap) < 1e-12 || ++polish === 12;
      if (done) return t > 1e-5 ? t * inv : Infinity;
    }
  }
  return Infinity;
};

/** Enters a gable roof: the points of the cube with `2 |x| + y ≤ 1`. */
const enterWedge: Enter = (ox, oy, oz, dx, dy, dz) => {
  const iz = 1 / dz, az = (-1 - oz) * iz, bz = (1 - oz) * iz;
  let enter = Math.min(az, bz), leave = Math.max(az, bz);
  for (let side = -1; side <= 1; side++) {
    // side 0 is the bottom, −y ≤ 1; the others are the slopes.
    const height = side === 0 ? -oy : 2 * side * ox + oy;
    const rate = side === 0 ? -dy : 2 * side * dx + dy;
    const t = (1 - height) / rate;
    if (rate < 0) enter = Math.max(enter, t);
    else leave = Math.min(leave, t);
  }
  return enter > 0 && enter < leave ? enter : Infinity;
};

/** Where a ray enters a solid of `kind`, an index into `solidKinds`. */
export function enterSolid(
  kind: number,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
  shape: number,
): number {
  switch (kind) {
    case 0:
      return enterSphere(ox, oy, oz, dx, dy, dz, shape);
    case 1:
      return enterBox(ox, oy, oz, dx, dy, dz, shape);
    case 2:
      return enterFrustum(ox, oy, oz, dx, dy, dz, shape);
    case 3:
      return enterCapsule(ox, oy, oz, dx, dy, dz, shape);
    case 4:
      return enterTorus(ox, oy, oz, dx, dy, dz, shape);
    default:
      return enterWedge(ox, oy, oz, dx, dy, dz, shape);
  }
}
