/**
 * Vector algebra for laying out scenes. Casting rays uses scalars instead, for
 * speed.
 *
 * @module
 */

/** A point, direction or colour. */
export type Vec3 = readonly [number, number, number];

/** A 3 × 3 matrix in row-major order. */
export type Mat3 = readonly [
  ...Vec3,
  ...Vec3,
  ...Vec3,
];

/** `a + b`. */
export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** `a − b`. */
export function sub(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** `a · s`. */
export function scale(a: Vec3, s: number): Vec3 {
  return [a[0] * s, a[1] * s, a[2] * s];
}

/** The inner product. */
export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The cross product. */
export function cross(a: Vec3, b: Vec3): Vec3 {
  return [
    a[1] * b[2] - a[2] * b[1],
    a[2] * b[0] - a[0] * b[2],
    a[0] * b[1] - a[1] * b[0],
  ];
}

/** The Euclidean length. */
function length(a: Vec3): number {
  return Math.sqrt(dot(a, a));
}

/** `a` scaled to length 1. */
export function normalize(a: Vec3): Vec3 {
  return scale(a, 1 / length(a));
}

/** `a + (b − a) · t`. */
export function mix(a: Vec3, b: Vec3, t: number): Vec3 {
  return add(a, scale(sub(b, a), t));
}

/** `m · a`. */
export function apply(m: Mat3, a: Vec3): Vec3 {
  return [
    m[0] * a[0] + m[1] * a[1] + m[2] * a[2],
    m[3] * a[0] + m[4] * a[1] + m[5] * a[2],
    m[6] * a[0] + m[7] * a[1] + m[8] * a[2],
  ];
}

/** The matrix product `a · b`, which applies `b` first. */
export function multiply(a: Mat3, b: Mat3): Mat3 {
  const column = (j: 0 | 1 | 2): Vec3 =>
    apply(a, [b[j], b[(3 + j) as 3], b[(6 + j) as 6]]);
  const [x, y, z] = [column(0), column(1), column(2)];
  return [x[0], y[0], z[0], x[1], y[1], z[1], x[2], y[2], z[2]];
}

/** The identity matrix. */
export const identity: Mat3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** The rotation by `angle` radians about a unit `axis` (Rodrigues' formula). */
export function rotation([x, y, z]: Vec3, angle: number): Mat3 {
  const c = Math.cos(angle), s = Math.sin(angle), d = 1 - c;
  return [
    c + x * x * d,
    x * y * d - z * s,
    x * z * d + y * s,
    y * x * d + z * s,
    c + y * y * d,
    y * z * d - x * s,
    z * x * d - y * s,
    z * y * d + x * s,
    c + z * z * d,
  ];
}
