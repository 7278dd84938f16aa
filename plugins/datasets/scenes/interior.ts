/**
 * What all rooms have: floor, walls, ceiling, lamps, and things on the walls.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, logBetween } from "./choose.ts";
import {
  anyColour,
  anyMaterial,
  colour,
  floorMaterial,
  paint,
  wallMaterial,
} from "./materials.ts";
import { type Light, objectIds, type Plane, type Scene } from "./scene.ts";
import { place, type Site } from "./site.ts";
import { post, slab, type Thing } from "./things.ts";
import type { Vec3 } from "./vector.ts";

/** Width, height and length of a room in metres. */
export type Size = Vec3;

/** A random room size. */
export function roomSize(random: Random): Size {
  return [
    logBetween(random, 3, 9),
    between(random, 2.3, 3.8),
    logBetween(random, 3, 11),
  ];
}

function roomPlanes(random: Random, [w, h, l]: Size): readonly Plane[] {
  const wall = wallMaterial(random), odd = wallMaterial(random);
  const sides: readonly Vec3[] = [[1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]];
  const special = random.integer(8);
  return [
    {
      normal: [0, 1, 0],
      offset: 0,
      material: floorMaterial(random),
      object: objectIds.ground,
    },
    ...sides.map((normal, i) => ({
      normal,
      offset: -(i < 2 ? w : l) / 2,
      material: i === special ? odd : wall,
      object: objectIds.wall + i,
    })),
    {
      normal: [0, -1, 0],
      offset: -h,
      material: paint(
        colour(0.1, between(random, 0, 0.2), between(random, 0.5, 0.9)),
      ),
      object: objectIds.ceiling,
    },
  ];
}

function roomLights(random: Random, [w, h, l]: Size): readonly Light[] {
  const count = 1 + random.integer(3);
  return Array.from({ length: count }, () => {
    const warm = between(random, 0, 0.45);
    const power = between(random, 0.5, 1.3) / Math.sqrt(count);
    return {
      position: [
        between(random, -0.42, 0.42) * w,
        h * between(random, 0.6, 0.92),
        between(random, -0.42, 0.42) * l,
      ],
      radius: logBetween(random, 0.04, 0.35),
      colour: [power, power * (1 - warm * 0.4), power * (1 - warm)],
      reach: logBetween(random, 1.2, 3),
    };
  });
}

function lamps(lights: readonly Light[], h: number): readonly [Thing, Vec3][] {
  return lights.map(({ position: [x, , z], radius }) => [
    {
      parts: [
        post(
          radius + 0.08,
          0.03,
          [0, 0, 0],
          paint([1, 0.95, 0.85], { glow: 2 }),
        ),
      ],
      flat: 0,
    },
    [x, h - 0.03, z],
  ]);
}

/** A thing on a wall: a picture, a window, a door or a cupboard. */
function hanging(random: Random, h: number): Thing {
  const w = between(random, 0.4, 1.6), frame = paint(anyColour(random));
  const board = (
    size: Vec3,
    y: number,
    m = anyMaterial(random, 0.6),
  ): Thing => ({
    parts: [
      slab([size[0] + 0.08, size[1] + 0.08, size[2]], [0, y - 0.04, 0], frame),
      slab([size[0], size[1], size[2] + 0.02], [0, y, 0], m),
    ],
    flat: 0,
  });
  switch (random.integer(4)) {
    case 0:
      return board(
        [w, between(random, 0.3, 0.9), 0.04],
        between(random, 1, 1.5),
      );
    case 1: {
      const day = paint([0.6, 0.75, 1], { glow: between(random, 0.3, 1.6) });
      return board([w, h * 0.4, 0.04], h * 0.35, day);
    }
    case 2:
      return board(
        [between(random, 0.7, 0.95), Math.min(h - 0.1, 2), 0.05],
        0.04,
      );
    default:
      return board(
        [w, between(random, 0.3, 0.8), 0.6],
        h * between(random, 0.45, 0.65),
      );
  }
}

/** Hangs up to five things on the walls, none too close to the camera. */
export function hangOnWalls(site: Site, [w, h, l]: Size): void {
  const { random } = site, count = random.integer(6);
  for (let i = 0; i < count; i++) {
    const side = random.integer(4), along = between(random, -0.4, 0.4);
    const at: Vec3 = side < 2
      ? [(side ? 0.5 : -0.5) * w, 0, along * l]
      : [along * w, 0, (side === 3 ? 0.5 : -0.5) * l];
    const clear = Math.hypot(
      at[0] - site.camera.position[0],
      at[2] - site.camera.position[2],
    );
    if (clear > 1.3) {
      place(site, hanging(random, h), at, side < 2 ? Math.PI / 2 : 0);
    }
  }
}

/** An empty room. */
export function newRoom(
  random: Random,
  [w, , l]: Size,
  camera: Site["camera"],
  clearance: number,
): Site {
  return {
    random,
    camera,
    clearance,
    holds: (x, z, r) =>
      Math.abs(x) + r < w / 2 + 0.05 && Math.abs(z) + r < l / 2 + 0.05,
    solids: [],
    taken: [],
    objects: 0,
  };
}

/** The scene of everything in `site`, with floor, walls, ceiling and lamps. */
export function roomScene(random: Random, size: Size, site: Site): Scene {
  const lights = roomLights(random, size), fill = between(random, 0.15, 0.5);
  for (const [lamp, at] of lamps(lights, size[1])) place(site, lamp, at, 0);
  return {
    solids: site.solids,
    planes: roomPlanes(random, size),
    lights,
    ambient: [[fill, fill, fill], [fill * 0.7, fill * 0.65, fill * 0.6]],
    sky: { zenith: [0, 0, 0], horizon: [0, 0, 0], clouds: 0 },
    fog: 0,
    key: between(random, 0.14, 0.3),
    far: 1000,
  };
}
