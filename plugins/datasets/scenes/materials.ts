/**
 * Random materials.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, chance, logBetween, pick } from "./choose.ts";
import type { Material, Texture } from "./scene.ts";
import { mix, scale, type Vec3 } from "./vector.ts";

/** A linear RGB colour from its hue (0 to 1, periodic), saturation and largest component. */
export function colour(
  hue: number,
  saturation: number,
  value: number,
): Vec3 {
  const channel = (shift: number): number => {
    const x = Math.abs(((hue + shift) % 1) * 6 - 3) - 1;
    return value * (1 - saturation + saturation * Math.max(0, Math.min(1, x)));
  };
  return [channel(0), channel(2 / 3), channel(1 / 3)];
}

/** A random colour, from greys to bright ones. */
export function anyColour(random: Random): Vec3 {
  const saturation = chance(random, 0.3)
    ? between(random, 0, 0.15)
    : between(random, 0.3, 0.95);
  return colour(random.next(), saturation, between(random, 0.12, 0.85));
}

const matt: Material = {
  texture: "plain",
  a: [0.5, 0.5, 0.5],
  b: [0.5, 0.5, 0.5],
  scale: 1,
  grime: 0,
  specular: 0,
  shininess: 1,
  mirror: 0,
  glow: 0,
};

/** A matt surface of one colour. */
export function paint(a: Vec3, more: Partial<Material> = {}): Material {
  return { ...matt, a, b: a, ...more };
}

const patterns: readonly Texture[] = [
  "checker",
  "stripes",
  "noise",
  "marble",
  "wood",
  "bricks",
  "tiles",
  "dots",
];

/** A random surface for a thing about `size` metres large. */
export function anyMaterial(random: Random, size: number): Material {
  const a = anyColour(random);
  const b = chance(random, 0.5) ? anyColour(random) : scale(a, 0.35);
  const texture = chance(random, 0.4) ? "plain" : pick(random, patterns);
  return {
    ...matt,
    texture,
    a,
    b,
    scale: logBetween(random, 2, 9) / size,
    grime: chance(random, 0.5) ? between(random, 0.1, 0.5) : 0,
    ...anyFinish(random),
  };
}

function anyFinish(random: Random): Partial<Material> {
  const kind = random.next();
  if (kind < 0.45) return {};
  const shininess = logBetween(random, 8, 200);
  const specular = between(random, 0.05, 0.5);
  if (kind < 0.85) return { specular, shininess };
  return { specular, shininess, mirror: between(random, 0.1, 0.6) };
}

/** A random floor: planks, tiles, carpet, marble or concrete. */
export function floorMaterial(random: Random): Material {
  const texture = pick<Texture>(random, [
    "plain",
    "checker",
    "stripes",
    "noise",
    "marble",
    "bricks",
    "tiles",
    "tiles",
  ]);
  const a = colour(
    between(random, 0.02, 0.14),
    between(random, 0, 0.7),
    between(random, 0.2, 0.7),
  );
  const b = chance(random, 0.2)
    ? anyColour(random)
    : scale(a, between(random, 0.3, 0.7));
  const mirror = chance(random, 0.12) ? between(random, 0.08, 0.3) : 0;
  return {
    ...matt,
    texture,
    a,
    b,
    scale: logBetween(random, 1, 6),
    grime: between(random, 0.05, 0.4),
    specular: mirror,
    shininess: 60,
    mirror,
  };
}

/** A random wall: plaster, wallpaper, bricks or panels. */
export function wallMaterial(random: Random): Material {
  const a = chance(random, 0.3) ? anyColour(random) : colour(
    random.next(),
    between(random, 0, 0.35),
    between(random, 0.4, 0.85),
  );
  const plain = chance(random, 0.5);
  return {
    ...matt,
    texture: plain ? "plain" : pick<Texture>(random, [
      "stripes",
      "bricks",
      "noise",
      "tiles",
      "dots",
      "checker",
    ]),
    a,
    b: mix(a, anyColour(random), between(random, 0.15, 0.7)),
    scale: logBetween(random, 1.5, 8),
    grime: between(random, 0.05, 0.3),
  };
}

/** Random ground: grass, sand, earth, snow, paving or tarmac. */
export function groundMaterial(random: Random): Material {
  const [hue, saturation, value] = pick<Vec3>(random, [
    [0.27, 0.6, 0.3],
    [0.22, 0.6, 0.35],
    [0.11, 0.45, 0.6],
    [0.07, 0.5, 0.3],
    [0.6, 0.05, 0.8],
    [0.6, 0.05, 0.2],
  ]);
  const a = colour(
    hue + between(random, -0.03, 0.03),
    saturation,
    value * between(random, 0.7, 1.2),
  );
  const paved = chance(random, 0.3);
  return {
    ...matt,
    texture: paved
      ? pick<Texture>(random, ["bricks", "tiles", "checker"])
      : "noise",
    a,
    b: scale(a, between(random, 0.35, 0.8)),
    scale: paved ? logBetween(random, 0.6, 3) : logBetween(random, 0.4, 5),
    grime: between(random, 0.2, 0.6),
  };
}

/** Random timber. */
export function woodMaterial(random: Random): Material {
  const a = colour(
    between(random, 0.04, 0.1),
    between(random, 0.4, 0.75),
    between(random, 0.15, 0.6),
  );
  return {
    ...matt,
    texture: pick<Texture>(random, ["wood", "plain", "stripes"]),
    a,
    b: scale(a, 0.6),
    scale: logBetween(random, 6, 20),
    grime: 0.2,
    specular: chance(random, 0.4) ? 0.15 : 0,
    shininess: 40,
  };
}

/** Random foliage. */
export function leafMaterial(random: Random): Material {
  const a = colour(
    between(random, 0.12, 0.4),
    between(random, 0.5, 0.8),
    between(random, 0.15, 0.45),
  );
  return {
    ...matt,
    texture: "noise",
    a,
    b: scale(a, 0.35),
    scale: logBetween(random, 3, 10),
    grime: 0.4,
  };
}
