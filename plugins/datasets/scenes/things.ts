/**
 * Things made of a few solids, and their sizes. Each stands on `y = 0` at the
 * origin.
 *
 * @module
 */
import { boundingRadius, restingHeight } from "./pack.ts";
import type { Material, Solid, SolidKind } from "./scene.ts";
import { identity, type Mat3, type Vec3 } from "./vector.ts";

/** A solid without an object number. */
export type Part = Omit<Solid, "object">;

/** Solids that belong together. */
export interface Thing {
  /** The solids. */
  readonly parts: readonly Part[];
  /** Radius in metres of its flat top, on which another thing can stand; 0 for none. */
  readonly flat: number;
}

/** Makes a part. */
export function part(
  kind: SolidKind,
  centre: Vec3,
  half: Vec3,
  material: Material,
  { shape = 1, rotation = identity }: { shape?: number; rotation?: Mat3 } = {},
): Part {
  return { kind, centre, half, material, shape, rotation };
}

/** A box of a given width, height and length, with its bottom at `y`. */
export function slab(
  [w, h, l]: Vec3,
  [x, y, z]: Vec3,
  material: Material,
): Part {
  return part("box", [x, y + h / 2, z], [w / 2, h / 2, l / 2], material);
}

/** An upright cylinder or cone with its bottom at `y`. */
export function post(
  r: number,
  h: number,
  [x, y, z]: Vec3,
  material: Material,
  top = 1,
): Part {
  return part("frustum", [x, y + h / 2, z], [r, h / 2, r], material, {
    shape: top,
  });
}

/** Height of the thing in metres above `y = 0`. */
export function heightOf({ parts }: Thing): number {
  return Math.max(
    ...parts.map((p) => p.centre[1] + restingHeight({ ...p, object: 0 })),
  );
}

/** Approximate radius in metres of an upright cylinder about the origin that contains the thing. */
export function radiusOf({ parts }: Thing): number {
  return Math.max(...parts.map((p) => {
    const aside = Math.hypot(p.centre[0], p.centre[2]);
    const upright = Math.abs(p.rotation[4]) > 0.99 &&
      (p.kind === "box" || p.kind === "frustum");
    const own = upright
      ? Math.hypot(p.half[0], p.half[2]) * (p.kind === "box" ? 1 : 0.71)
      : boundingRadius({ ...p, object: 0 });
    return aside + own;
  }));
}
