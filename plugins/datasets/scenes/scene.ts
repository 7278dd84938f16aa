/**
 * Scenes: solids, planes, lights, sky and a camera. Lengths are metres, y points
 * up, colours are linear RGB.
 *
 * @module
 */
import type { Mat3, Vec3 } from "./vector.ts";

/** The pattern in which a surface's two colours are mixed. */
export type Texture =
  | "plain"
  | "checker"
  | "stripes"
  | "noise"
  | "marble"
  | "wood"
  | "bricks"
  | "tiles"
  | "dots";

/** A surface. */
export interface Material {
  /** The pattern. */
  readonly texture: Texture;
  /** First colour of the pattern, and the only one of a plain surface. */
  readonly a: Vec3;
  /** Second colour of the pattern. */
  readonly b: Vec3;
  /** Cells of the pattern per metre. */
  readonly scale: number;
  /** How much stains darken or lighten the colours, 0 to 1. */
  readonly grime: number;
  /** Strength of the Blinn–Phong highlight, 0 for a matt surface. */
  readonly specular: number;
  /** Exponent of the highlight. */
  readonly shininess: number;
  /** Share of light that is mirrored, 0 to 1. */
  readonly mirror: number;
  /** Emitted light in units of the colour; 0 except for lamps. */
  readonly glow: number;
}

/**
 * The kinds of solid, each inside the cube `[-1, 1]³` before `half` scales it.
 * `shape` is, where it matters:
 *
 * - `frustum`: radius of the top over radius of the bottom (1 a cylinder, 0 a cone);
 * - `capsule`: half length of the axis over the radius;
 * - `torus`: radius of the tube over radius of the ring (the ring lies flat).
 */
export const solidKinds = [
  "sphere",
  "box",
  "frustum",
  "capsule",
  "torus",
  "wedge",
] as const;

/** One of {@linkcode solidKinds}. */
export type SolidKind = typeof solidKinds[number];

/** A solid. */
export interface Solid {
  /** Its kind. */
  readonly kind: SolidKind;
  /** Its centre in world coordinates. */
  readonly centre: Vec3;
  /** Rotates its own axes to the world's. */
  readonly rotation: Mat3;
  /** Half its size along its own axes; capsule and torus use only the first, their radius. */
  readonly half: Vec3;
  /** See {@linkcode solidKinds}; 1 for kinds without one. */
  readonly shape: number;
  /** Its surface. */
  readonly material: Material;
  /** The object it is part of: the value in the object map. */
  readonly object: number;
}

/** Ground, a wall or a ceiling: the points with `normal · p = offset`, visible from the front only. */
export interface Plane {
  /** Unit vector towards the front. */
  readonly normal: Vec3;
  /** Distance of the plane from the origin along `normal`. */
  readonly offset: number;
  /** Its surface. */
  readonly material: Material;
  /** The value in the object map: see {@linkcode objectIds}. */
  readonly object: number;
}

/** Values of the object map; objects count up from `first`. */
export const objectIds = {
  sky: 0,
  ground: 1,
  wall: 2,
  ceiling: 6,
  first: 8,
} as const;

/** A ball of light; the sun is a distant one. */
export interface Light {
  /** Its centre. */
  readonly position: Vec3;
  /** Its radius: a larger one casts softer shadows. */
  readonly radius: number;
  /** Irradiance at `reach` metres, falling with the square of the distance. */
  readonly colour: Vec3;
  /** The distance at which `colour` holds. */
  readonly reach: number;
}

/** The background. */
export interface Sky {
  /** Colour overhead. */
  readonly zenith: Vec3;
  /** Colour at the horizon, and of the fog. */
  readonly horizon: Vec3;
  /** Cloud cover, 0 to 1. */
  readonly clouds: number;
}

/** Everything that rays can meet. */
export interface Scene {
  /** Solids, in any order. */
  readonly solids: readonly Solid[];
  /** Ground, walls, ceiling. */
  readonly planes: readonly Plane[];
  /** Lamps or the sun. */
  readonly lights: readonly Light[];
  /** Ambient light from above and from below. */
  readonly ambient: readonly [above: Vec3, below: Vec3];
  /** The background. */
  readonly sky: Sky;
  /** Extinction of light by fog, per metre; 0 for clear air. */
  readonly fog: number;
  /** Brightness of the picture: its geometric mean, 0.18 for middle grey. */
  readonly key: number;
  /** Surfaces deeper than this many metres are sky. */
  readonly far: number;
}

/** A pinhole camera with square pixels. */
export interface Camera {
  /** Position of the pinhole. */
  readonly position: Vec3;
  /** Unit vector to the right of the picture. */
  readonly right: Vec3;
  /** Unit vector to the top of the picture. */
  readonly up: Vec3;
  /** Unit vector along the optical axis. */
  readonly forward: Vec3;
  /** Tangent of half the vertical field of view. */
  readonly slope: number;
}

/** A scene laid out for a camera. */
export interface Layout {
  /** Kind of scene: `room`, `table`, `field` or `yard`. */
  readonly kind: string;
  /** The scene. */
  readonly scene: Scene;
  /** The camera. */
  readonly camera: Camera;
  /** Number of objects, visible or not. */
  readonly objects: number;
}
