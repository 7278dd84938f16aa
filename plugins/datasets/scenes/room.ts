/**
 * Rooms with furniture.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { cameraAt } from "./camera.ts";
import { between, chance, logBetween, pick } from "./choose.ts";
import { anyFurniture, anySmallThing } from "./furniture.ts";
import { hangOnWalls, newRoom, roomScene, roomSize } from "./interior.ts";
import { anyMaterial } from "./materials.ts";
import type { Layout } from "./scene.ts";
import { anyRotation, anyShape } from "./shapes.ts";
import { scatter, type Site, tryPlace } from "./site.ts";
import { post, slab } from "./things.ts";
import type { Vec3 } from "./vector.ts";

/** Sometimes puts a column close to the camera, on one side, that hides what is behind it. */
function foreground(site: Site, h: number): void {
  const { random, camera: { position, forward } } = site;
  if (!chance(random, 0.4)) return;
  const turn = pick(random, [-1, 1]) * between(random, 0.25, 0.6);
  const heading = Math.atan2(forward[0], forward[2]) + turn;
  const away = between(random, 0.7, 1.8);
  const at: Vec3 = [
    position[0] + away * Math.sin(heading),
    0,
    position[2] + away * Math.cos(heading),
  ];
  const m = anyMaterial(random, 0.6), r = between(random, 0.08, 0.25);
  const column = chance(random, 0.5)
    ? post(r, h, [0, 0, 0], m)
    : slab([r * 2, h, r * 3], [0, 0, 0], m);
  tryPlace(site, { parts: [column], flat: 0 }, at, heading);
}

/** Puts up to two shapes in mid-air. */
function floating(
  site: Site,
  h: number,
  range: readonly [number, number],
): void {
  const { random, camera: { position, forward } } = site;
  const count = random.integer(3);
  for (let i = 0; i < count; i++) {
    const ahead = logBetween(random, ...range),
      size = ahead * between(random, 0.08, 0.25);
    const heading = Math.atan2(forward[0], forward[2]) +
      between(random, -0.5, 0.5);
    const shape = anyShape(random, size), [solid] = shape.parts;
    if (!solid) continue;
    const loose = { ...solid, rotation: anyRotation(random) };
    const y = between(random, 0.3, h - 0.3) - solid.centre[1];
    const x = position[0] + ahead * Math.sin(heading);
    const z = position[2] + ahead * Math.cos(heading);
    tryPlace(site, { parts: [loose], flat: 0 }, [x, y, z], 0);
  }
}

/** A random room with furniture and things lying about. */
export function room(random: Random): Layout {
  const size = roomSize(random), [w, h, l] = size;
  const position: Vec3 = [
    between(random, -0.42, 0.42) * w,
    Math.min(h - 0.4, logBetween(random, 0.35, 2.3)),
    between(random, -0.42, 0.42) * l,
  ];
  // Look roughly at the middle, so that the nearest wall does not fill the view.
  const inwards = Math.atan2(-position[0], -position[2]);
  const camera = cameraAt(position, {
    yaw: inwards + between(random, -0.8, 0.8),
    pitch: between(random, -0.5, 0.3) - (position[1] - 1) * 0.15,
    roll: 0.1 * random.normal(),
    view: between(random, 0.75, 1.35),
  });
  const site = newRoom(random, size, camera, between(random, 0.35, 0.8));
  const long = Math.hypot(w, l) * 0.75;
  foreground(site, h);
  const furnished = between(random, 0.1, 0.9);
  scatter(
    site,
    4 + random.integer(12),
    0,
    [0.7, long],
    (s) =>
      chance(random, furnished) ? anyFurniture(random) : anyShape(random, s),
    (s) => anySmallThing(random, s * 0.6),
  );
  floating(site, h, [1, long]);
  hangOnWalls(site, size);
  return {
    kind: "room",
    camera,
    scene: roomScene(random, size, site),
    objects: site.objects,
  };
}
