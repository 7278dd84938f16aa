/**
 * Tabletops in rooms, seen from close by.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { cameraAt } from "./camera.ts";
import { between, logBetween } from "./choose.ts";
import { anyFurniture, anySmallThing, table } from "./furniture.ts";
import {
  hangOnWalls,
  newRoom,
  roomScene,
  roomSize,
  type Size,
} from "./interior.ts";
import type { Camera, Layout } from "./scene.ts";
import { anyShape } from "./shapes.ts";
import { place, scatter, type Site } from "./site.ts";
import type { Vec3 } from "./vector.ts";

/** A camera, and its distance from the middle of the table. */
interface View {
  readonly camera: Camera;
  readonly back: number;
}

function viewOf(random: Random, tall: number): View {
  const yaw = between(random, 0, 2 * Math.PI), back = between(random, 0.35, 1);
  const above = logBetween(random, 0.08, 0.9);
  const camera = cameraAt(
    [-back * Math.sin(yaw), tall + above, -back * Math.cos(yaw)],
    {
      yaw: yaw + between(random, -0.3, 0.3),
      pitch: between(random, -0.15, 0.2) -
        Math.atan(above / (back + 0.2)) * 0.8,
      roll: 0.12 * random.normal(),
      view: between(random, 0.7, 1.2),
    },
  );
  return { camera, back };
}

/** A random tabletop with the room behind it. */
export function tabletop(random: Random): Layout {
  const size = roomSize(random), tall = between(random, 0.45, 0.95);
  const top: Size = [between(random, 1, 2), tall, between(random, 0.8, 1.4)];
  const { camera, back } = viewOf(random, tall);
  const site = newRoom(random, size, camera, between(random, 0.12, 0.25));
  place(site, table(random, top), [0, 0, 0], between(random, -0.4, 0.4));
  layTable(site, top, back);
  site.taken.splice(0, Infinity, [0, 0, Math.hypot(top[0], top[2]) / 2]);
  const count = random.integer(7);
  scatter(
    site,
    count,
    0,
    [1.5, 5],
    () => anyFurniture(random),
    (s) => anySmallThing(random, s),
  );
  hangOnWalls(site, size);
  const scene = roomScene(random, size, site);
  return { kind: "table", camera, scene, objects: site.objects };
}

function layTable(site: Site, [w, tall, l]: Vec3, back: number): void {
  const { random } = site, reach = Math.min(w, l) / 2;
  const holds = (x: number, z: number): boolean => Math.hypot(x, z) < reach;
  const table: Site = { ...site, holds };
  scatter(
    table,
    4 + random.integer(10),
    tall,
    [0.25, back + reach],
    (s) => anySmallThing(random, s * logBetween(random, 0.08, 0.35)),
    (s) => anyShape(random, s * 0.8),
  );
  site.objects = table.objects;
}
