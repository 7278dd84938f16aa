/**
 * What a picture is cast from: solids, planes, lights, sky and a camera.
 * Lengths are metres, y points up, colours are linear RGB.
 *
 * @module
 */
import type { Mat3, Vec3 } from "./vector.ts";

/** How a surface's two colours are mixed over it. */
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
  /** First colour of the pattern, the only one where it is plain. */
  readonly a: Vec3;
  /** Second colour of the pattern. */
  readonly b: Vec3;
  /** Cells of the pattern in a metre. */
  readonly scale: number;
  /** How far stains darken or lighten the colours, 0 to 1. */
  readonly grime: number;
  /** Strength of the Blinn–Phong highlight, 0 for matt. */
  readonly specular: number;
  /** Exponent of the highlight. */
  readonly shininess: number;
  /** Share of light reflected as by a mirror, 0 to 1. */
  readonly mirror: number;
  /** Light given off, in units of the colour; 0 for all but lamps. */
  readonly glow: number;
}

/**
 * The kinds of solid, each inside the cube `[-1, 1]³` before `half` stretches
 * it. Where `shape` matters:
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

/** A solid thing, or a part of one. */
export interface Solid {
  /** Its kind. */
  readonly kind: SolidKind;
  /** Its centre in the world. */
  readonly centre: Vec3;
  /** From its own axes to the world's. */
  readonly rotation: Mat3;
  /** Half its size along its own axes; capsule and torus use the first alone, their radius. */
  readonly half: Vec3;
  /** See {@linkcode solidKinds}; 1 where it means nothing. */
  readonly shape: number;
  /** Its surface. */
  readonly material: Material;
  /** The object it is part of: what the object map holds. */
  readonly object: number;
}

/** A ground, wall or ceiling: the points with `normal · p = offset`, seen from its front only. */
export interface Plane {
  /** Unit vector towards the front. */
  readonly normal: Vec3;
  /** Distance of the plane from the origin along `normal`. */
  readonly offset: number;
  /** Its surface. */
  readonly material: Material;
  /** What the object map holds: see {@linkcode objectIds}. */
  readonly object: number;
}

/** Values of the object map that are no object; objects count up from `first`. */
export const objectIds = {
  sky: 0,
  ground: 1,
  wall: 2,
  ceiling: 6,
  first: 8,
} as const;

/** A ball that shines; the sun is one far away. */
export interface Light {
  /** Its centre. */
  readonly position: Vec3;
  /** Its radius: the larger, the softer the shadows. */
  readonly radius: number;
  /** Irradiance at `reach` metres, falling with the square of the distance. */
  readonly colour: Vec3;
  /** The distance at which `colour` holds. */
  readonly reach: number;
}

/** What is behind everything. */
export interface Sky {
  /** Colour overhead. */
  readonly zenith: Vec3;
  /** Colour at the horizon, and of the fog. */
  readonly horizon: Vec3;
  /** Share of clouds, 0 to 1. */
  readonly clouds: number;
}

/** All there is to see. */
export interface Scene {
  /** Things, nearer ones in no order. */
  readonly solids: readonly Solid[];
  /** Ground, walls, ceiling. */
  readonly planes: readonly Plane[];
  /** What shines. */
  readonly lights: readonly Light[];
  /** Light from everywhere: from above, and from below. */
  readonly ambient: readonly [above: Vec3, below: Vec3];
  /** The background. */
  readonly sky: Sky;
  /** Share of light that fog takes in a metre, 0 for clear air. */
  readonly fog: number;
  /** How bright the picture comes out: its geometric mean, 0.18 for middle grey. */
  readonly key: number;
  /** Surfaces deeper than this in metres are sky. */
  readonly far: number;
}

/** Where the picture is taken from: a pinhole with square pixels. */
export interface Camera {
  /** The pinhole. */
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

/** A scene as the camera finds it. */
export interface Layout {
  /** Where it is: `room`, `table`, `field` or `yard`. */
  readonly kind: string;
  /** All there is to see. */
  readonly scene: Scene;
  /** Who looks. */
  readonly camera: Camera;
  /** How many objects were put there, seen or not. */
  readonly objects: number;
}
