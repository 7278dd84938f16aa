/**
 * Fields and yards under the sky.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { cameraAt } from "./camera.ts";
import { between, chance, logBetween, pick } from "./choose.ts";
import {
  anyMaterial,
  colour,
  groundMaterial,
  wallMaterial,
} from "./materials.ts";
import { anyOutdoorThing, house } from "./outdoor_things.ts";
import {
  type Camera,
  type Layout,
  type Light,
  objectIds,
  type Scene,
} from "./scene.ts";
import { anyShape } from "./shapes.ts";
import { place, scatter, type Site, tryPlace } from "./site.ts";
import { part, post, slab, type Thing } from "./things.ts";
import { scale, type Vec3 } from "./vector.ts";

/** Sun and sky. */
interface Weather {
  /** The sun. */
  readonly sun: Light;
  /** The parts of a scene that the weather decides. */
  readonly air: Pick<Scene, "ambient" | "sky" | "fog" | "key" | "far">;
}

function sunAt(random: Random, power: number, low: number): Light {
  const around = between(random, 0, 2 * Math.PI), reach = 1e4;
  const high = low + between(random, 0, 0.9), flat = Math.cos(high) * reach;
  return {
    position: [
      flat * Math.sin(around),
      reach * Math.sin(high),
      flat * Math.cos(around),
    ],
    // The sun's radius is 0.005 of its distance; haze makes it look larger.
    radius: reach * logBetween(random, 0.01, 0.09),
    colour: [power, power * (0.7 + high * 0.2), power * (0.45 + high * 0.35)],
    reach,
  };
}

function anyWeather(random: Random): Weather {
  const grey = chance(random, 0.25), bright = grey ? 0.9 : 0.6;
  const zenith = grey
    ? colour(0.6, 0.1, bright * 0.8)
    : colour(between(random, 0.55, 0.64), between(random, 0.5, 0.8), bright);
  const horizon = chance(random, 0.2)
    ? colour(0.07, 0.5, 0.95)
    : colour(0.57, between(random, 0.05, 0.25), 0.95);
  const foggy = chance(random, 0.3), above = scale(zenith, grey ? 0.7 : 0.5);
  return {
    sun: sunAt(random, grey ? 0.25 : between(random, 1, 1.9), 0.25),
    air: {
      ambient: [above, scale(above, 0.45)],
      sky: { zenith, horizon, clouds: chance(random, 0.6) ? random.next() : 0 },
      fog: foggy ? logBetween(random, 0.004, 0.035) : 0.001,
      key: between(random, 0.15, 0.32),
      far: 1000,
    },
  };
}

function newSite(random: Random, camera: Camera, clearance: number): Site {
  return {
    random,
    camera,
    clearance,
    holds: () => true,
    solids: [],
    taken: [],
    objects: 0,
  };
}

function underSky(kind: string, site: Site): Layout {
  const { random, camera } = site, { sun, air } = anyWeather(random);
  const ground = {
    normal: [0, 1, 0] as Vec3,
    offset: 0,
    material: groundMaterial(random),
    object: objectIds.ground,
  };
  const scene = {
    ...air,
    solids: site.solids,
    planes: [ground],
    lights: [sun],
  };
  return { kind, camera, scene, objects: site.objects };
}

function ahead(
  { position, forward }: Camera,
  turn: number,
  away: number,
): Vec3 {
  const heading = Math.atan2(forward[0], forward[2]) + turn;
  return [
    position[0] + away * Math.sin(heading),
    0,
    position[2] + away * Math.cos(heading),
  ];
}

function hills(site: Site): void {
  const { random, camera } = site, material = groundMaterial(random);
  const count = random.integer(5);
  for (let i = 0; i < count; i++) {
    const away = between(random, 60, 250),
      high = away * between(random, 0.05, 0.2);
    const half: Vec3 = [away * 0.5, high, away * 0.35];
    const hill = part("sphere", [0, 0, 0], half, { ...material, scale: 0.1 });
    place(
      site,
      { parts: [hill], flat: 0 },
      ahead(camera, between(random, -0.8, 0.8), away),
      0,
    );
  }
}

/** A trunk, post or wall close to the camera, at one side. */
function foreground(site: Site): void {
  const { random, camera } = site;
  if (!chance(random, 0.35)) return;
  const turn = pick(random, [-1, 1]) * between(random, 0.2, 0.55);
  const m = anyMaterial(random, 0.6), r = between(random, 0.1, 0.35);
  const h = between(random, 1, 6);
  const thing: Thing = {
    parts: [
      chance(random, 0.6)
        ? post(r, h, [0, 0, 0], m, 0.9)
        : slab([r * 2, h, r * 3], [0, 0, 0], m),
    ],
    flat: 0,
  };
  tryPlace(
    site,
    thing,
    ahead(camera, turn, between(random, 1, 3)),
    between(random, 0, 3),
  );
}

/** Open ground with trees, houses, rocks and shapes near and far. */
export function field(random: Random): Layout {
  const height = chance(random, 0.2)
    ? between(random, 4, 15)
    : logBetween(random, 0.3, 3);
  const camera = cameraAt([0, height, 0], {
    yaw: between(random, 0, 2 * Math.PI),
    pitch: between(random, -0.4, 0.3) - Math.max(0, height - 2) * 0.03,
    roll: 0.1 * random.normal(),
    view: between(random, 0.6, 1.2),
  });
  const site = newSite(random, camera, between(random, 0.6, 1.5));
  const grown = between(random, 0.3, 1), big = logBetween(random, 0.5, 4);
  foreground(site);
  hills(site);
  scatter(
    site,
    6 + random.integer(12),
    0,
    [1.2, logBetween(random, 8, 60)],
    (s) =>
      chance(random, grown)
        ? anyOutdoorThing(random)
        : anyShape(random, s * big),
    (s) => anyShape(random, s * 0.8),
  );
  return underSky("field", site);
}

/** Ground between buildings, seen at eye level. */
export function yard(random: Random): Layout {
  const camera = cameraAt([0, logBetween(random, 0.4, 4), 0], {
    yaw: 0,
    pitch: between(random, -0.4, 0.35),
    roll: 0.1 * random.normal(),
    view: between(random, 0.7, 1.3),
  });
  const site = newSite(random, camera, between(random, 0.5, 1));
  const wide = logBetween(random, 1.5, 9), end = logBetween(random, 5, 40);
  for (const side of [-1, 1]) {
    if (chance(random, 0.8)) wallAlong(site, side * wide, end);
  }
  if (chance(random, 0.7)) {
    const front = chance(random, 0.5) ? house(random) : block(random, wide * 3);
    place(
      site,
      front,
      [between(random, -0.3, 0.3) * wide, 0, end + 4],
      between(random, -0.4, 0.4),
    );
  }
  foreground(site);
  const inside: Site = { ...site, holds: (x, _z, r) => Math.abs(x) + r < wide };
  const grown = between(random, 0, 0.7), big = logBetween(random, 0.4, 2);
  scatter(
    inside,
    4 + random.integer(12),
    0,
    [1, end],
    (s) =>
      chance(random, grown)
        ? anyOutdoorThing(random)
        : anyShape(random, s * big),
    (s) => anyShape(random, s * 0.8),
  );
  return underSky("yard", inside);
}

function block(random: Random, w: number): Thing {
  return {
    parts: [
      slab([w, logBetween(random, 2, 12), 3], [0, 0, 0], wallMaterial(random)),
    ],
    flat: 0,
  };
}

/** A row of buildings on one side, with gaps and of different heights. */
function wallAlong(site: Site, x: number, end: number): void {
  const { random } = site;
  for (let z = -6; z < end;) {
    const long = between(random, 3, 12), deep = between(random, 2, 6);
    const wall = slab(
      [deep, logBetween(random, 1.5, 9), long],
      [0, 0, 0],
      wallMaterial(random),
    );
    const back = x + Math.sign(x) * (deep / 2 + between(random, 0, 0.6));
    place(site, { parts: [wall], flat: 0 }, [back, 0, z + long / 2], 0);
    z += long + (chance(random, 0.3) ? between(random, 0.5, 4) : 0);
  }
}
