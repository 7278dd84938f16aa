/**
 * Placement of things where the camera sees them and where there is room.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, chance, logBetween } from "./choose.ts";
import { type Camera, objectIds, type Solid } from "./scene.ts";
import { heightOf, radiusOf, type Thing } from "./things.ts";
import { add, apply, multiply, rotation, sub, type Vec3 } from "./vector.ts";

/** A place that is filled with things. */
export interface Site {
  /** Random numbers for every choice. */
  readonly random: Random;
  /** The camera. */
  readonly camera: Camera;
  /** Least distance in metres between the camera and a thing. */
  readonly clearance: number;
  /** Whether a disk on the ground lies inside the site. */
  readonly holds: (x: number, z: number, r: number) => boolean;
  /** The solids placed so far. */
  readonly solids: Solid[];
  /** Occupied disks on the ground: `[x, z, radius]`. */
  readonly taken: Vec3[];
  /** Number of objects so far. */
  objects: number;
}

/** Places `thing` at `at`, turned by `yaw`, as an object of its own, whether there is room or not. */
export function place(site: Site, thing: Thing, at: Vec3, yaw: number): void {
  const turn = rotation([0, 1, 0], yaw);
  const object = objectIds.first + site.objects++;
  for (const part of thing.parts) {
    site.solids.push({
      ...part,
      centre: add(at, apply(turn, part.centre)),
      rotation: multiply(turn, part.rotation),
      object,
    });
  }
}

/** Places `thing` unless it is too close to the camera, a wall or another thing; returns whether it did. */
export function tryPlace(
  site: Site,
  thing: Thing,
  [x, y, z]: Vec3,
  yaw: number,
): boolean {
  const r = radiusOf(thing);
  if (!isClear(site, thing, [x, y, z]) || !site.holds(x, z, r)) return false;
  const free = site.taken.every(([ax, az, ar]) =>
    Math.hypot(x - ax, z - az) > (r + ar) * 0.85
  );
  if (!free) return false;
  site.taken.push([x, z, r]);
  place(site, thing, [x, y, z], yaw);
  return true;
}

function isClear({ camera, clearance }: Site, thing: Thing, at: Vec3): boolean {
  const [x, y, z] = sub(camera.position, at);
  const aside = Math.hypot(x, z) - radiusOf(thing);
  return Math.max(-y, y - heightOf(thing), aside) >= clearance;
}

/** A random point at height `y` in the camera's view, `near` to `far` metres away along the ground. */
function spotInView(
  { random, camera }: Site,
  y: number,
  near: number,
  far: number,
): Vec3 {
  const { forward, position, slope } = camera;
  const flat = Math.hypot(forward[0], forward[2]) + 1e-9;
  const fx = forward[0] / flat, fz = forward[2] / flat;
  const ahead = logBetween(random, near, far);
  const aside = ahead * slope * between(random, -1.15, 1.15);
  return [
    position[0] + fx * ahead + fz * aside,
    y,
    position[2] + fz * ahead - fx * aside,
  ];
}

/** Places up to `count` things from `make` at height `y` in view, some in clusters, some with a thing from `small` on top. */
export function scatter(
  site: Site,
  count: number,
  y: number,
  range: readonly [near: number, far: number],
  make: (size: number) => Thing,
  small: (size: number) => Thing,
): void {
  const { random } = site;
  let cluster: Vec3 | undefined;
  for (let i = 0, tries = 0; i < count && tries < count * 6; tries++) {
    const at: Vec3 = cluster && chance(random, 0.5)
      ? aroundSpot(site, cluster, range[0] * 0.8)
      : spotInView(site, y, ...range);
    const size = between(random, 0.4, 1);
    const thing = make(size), yaw = between(random, 0, 2 * Math.PI);
    if (!tryPlace(site, thing, at, yaw)) continue;
    cluster = at;
    i++;
    if (thing.flat > 0 && chance(random, 0.45)) {
      const top: Vec3 = [at[0], at[1] + heightOf(thing), at[2]];
      const upper = small(thing.flat * 2);
      if (!isClear(site, upper, top)) continue;
      place(site, upper, top, between(random, 0, 2 * Math.PI));
      i++;
    }
  }
}

function aroundSpot({ random }: Site, [x, y, z]: Vec3, r: number): Vec3 {
  const angle = between(random, 0, 2 * Math.PI),
    far = between(random, 0.5, 2) * r;
  return [x + far * Math.cos(angle), y, z + far * Math.sin(angle)];
}
