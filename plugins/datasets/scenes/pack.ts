/**
 * A scene's solids as flat arrays, for the inner loops.
 *
 * @module
 */
import { type Solid, solidKinds } from "./scene.ts";
import type { Mat3, Vec3 } from "./vector.ts";

/** Numbers for each solid in {@linkcode Packed.data}. */
export const stride = 20;

/** Solids as flat arrays. */
export interface Packed {
  /** Number of solids. */
  readonly count: number;
  /** Index of each solid's kind in `solidKinds`. */
  readonly kind: Uint8Array;
  /**
   * `[count, stride]`: centre (3), radius of the ball around it (1), matrix
   * from the world to its own axes (9), shape (1), half sizes (3), offset of
   * its surface's pattern (3).
   */
  readonly data: Float64Array;
}

/** Flattens `solids`. */
export function pack(solids: readonly Solid[]): Packed {
  const data = new Float64Array(solids.length * stride);
  solids.forEach((solid, i) => {
    const s = stretch(solid), r = solid.rotation;
    data.set([...solid.centre, boundingRadius(solid)], i * stride);
    data.set(inverse(r, s), i * stride + 4);
    data.set([solid.shape, ...s], i * stride + 13);
    // Any offset will do, so that solids of one material differ.
    data.set([i * 3.71, i * 5.13, i * 2.39], i * stride + 17);
  });
  const kind = Uint8Array.from(solids, (s) => solidKinds.indexOf(s.kind));
  return { count: solids.length, kind, data };
}

function stretch({ kind, half }: Solid): Vec3 {
  return kind === "capsule" || kind === "torus"
    ? [half[0], half[0], half[0]]
    : half;
}

function inverse(r: Mat3, s: Vec3): Mat3 {
  return [
    r[0] / s[0],
    r[3] / s[0],
    r[6] / s[0],
    r[1] / s[1],
    r[4] / s[1],
    r[7] / s[1],
    r[2] / s[2],
    r[5] / s[2],
    r[8] / s[2],
  ];
}

/** Radius in metres of a ball about the solid's centre that contains it. */
export function boundingRadius({ kind, half, shape }: Solid): number {
  const [x, y, z] = half;
  switch (kind) {
    case "sphere":
      return Math.max(x, y, z);
    case "frustum":
      return Math.hypot(Math.max(x, z) * Math.max(1, shape), y);
    case "capsule":
    case "torus":
      return x * (1 + shape);
    default:
      return Math.hypot(x, y, z);
  }
}

/** Distance in metres from the solid's centre down to its lowest point, or slightly more. */
export function restingHeight(solid: Solid): number {
  const { kind, half: [x, y, z], rotation: r, shape } = solid;
  const [rx, ry, rz] = [r[3], r[4], r[5]];
  switch (kind) {
    case "sphere":
      return Math.hypot(rx * x, ry * y, rz * z);
    case "frustum":
      return Math.abs(ry) * y + Math.hypot(rx * x, rz * z);
    case "capsule":
      return x * (1 + Math.abs(ry) * shape);
    case "torus":
      return x * (shape + Math.hypot(rx, rz));
    default:
      return Math.abs(rx) * x + Math.abs(ry) * y + Math.abs(rz) * z;
  }
}
