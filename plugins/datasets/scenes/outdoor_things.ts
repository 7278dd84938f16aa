/**
 * Trees, houses and other outdoor things.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, pick } from "./choose.ts";
import {
  anyColour,
  anyMaterial,
  colour,
  leafMaterial,
  paint,
  wallMaterial,
  woodMaterial,
} from "./materials.ts";
import { anyRotation } from "./shapes.ts";
import { type Part, part, post, slab, type Thing } from "./things.ts";

function tree(random: Random): Thing {
  const h = between(random, 2.5, 8), bark = woodMaterial(random);
  const leaf = leafMaterial(random), r = h * between(random, 0.18, 0.28);
  const crowns = Array.from({ length: 5 }, (_, i) => {
    const angle = i * 1.26 + between(random, 0, 0.8),
      out = i === 0 ? 0 : r * 0.6;
    const own = r * between(random, 0.6, 1);
    return part(
      "sphere",
      [
        Math.cos(angle) * out,
        h * between(random, 0.6, 0.9),
        Math.sin(angle) * out,
      ],
      [own, own * between(random, 0.7, 1), own],
      leaf,
    );
  });
  return {
    parts: [post(h * 0.035, h * 0.7, [0, 0, 0], bark, 0.6), ...crowns],
    flat: 0,
  };
}

function conifer(random: Random): Thing {
  const h = between(random, 2, 9), leaf = leafMaterial(random);
  const r = h * between(random, 0.16, 0.26), bark = woodMaterial(random);
  const tiers = Array.from(
    { length: 3 },
    (_, i) =>
      post(
        r * (1 - i * 0.25),
        h * 0.42,
        [0, h * (0.15 + 0.22 * i), 0],
        leaf,
        0,
      ),
  );
  return {
    parts: [post(h * 0.03, h * 0.3, [0, 0, 0], bark), ...tiers],
    flat: 0,
  };
}

function rock(random: Random): Thing {
  const r = between(random, 0.2, 1.2);
  const stone = paint(colour(0.08, 0.1, between(random, 0.2, 0.6)), {
    texture: "noise",
    b: [0.1, 0.1, 0.1],
    scale: 4 / r,
    grime: 0.4,
  });
  const parts = Array.from({ length: 3 }, () =>
    part(
      "sphere",
      [between(random, -0.4, 0.4) * r, r * 0.3, between(random, -0.4, 0.4) * r],
      [r, r * between(random, 0.5, 0.9), r * between(random, 0.5, 0.8)],
      stone,
      { rotation: anyRotation(random) },
    ));
  return { parts, flat: 0 };
}

/** A random house of one or two storeys. */
export function house(random: Random): Thing {
  const w = between(random, 3, 7), l = between(random, 3, 8);
  const h = between(random, 2.4, 3.2) * (1 + random.integer(2));
  const wall = wallMaterial(random), roof = anyMaterial(random, 2);
  const roofHigh = w * between(random, 0.2, 0.45);
  const top = part(
    "wedge",
    [0, h + roofHigh / 2, 0],
    [w * 0.55, roofHigh / 2, l * 0.55],
    roof,
  );
  return {
    parts: [
      slab([w, h, l], [0, 0, 0], wall),
      top,
      ...openings(random, w, h, l),
    ],
    flat: 0,
  };
}

/** Windows and a door on all four sides of a box. */
function openings(
  random: Random,
  w: number,
  h: number,
  l: number,
): readonly Part[] {
  const glass = paint([0.05, 0.07, 0.1], {
    specular: 0.5,
    shininess: 100,
    mirror: 0.3,
  });
  const frame = paint(anyColour(random));
  const y = h * 0.4, tall = h * 0.3;
  return [
    slab([w + 0.06, tall, l * 0.2], [0, y, l * 0.22], glass),
    slab([w + 0.06, tall, l * 0.2], [0, y, -l * 0.22], glass),
    slab([w * 0.2, tall, l + 0.06], [w * 0.25, y, 0], glass),
    slab([w * 0.22, h * 0.65, l + 0.08], [-w * 0.2, 0, 0], frame),
  ];
}

function fence(random: Random): Thing {
  const wood = woodMaterial(random), count = 5 + random.integer(4);
  const h = between(random, 0.7, 1.4), gap = between(random, 0.25, 0.6);
  const posts = Array.from(
    { length: count },
    (_, i) => slab([0.09, h, 0.05], [(i - (count - 1) / 2) * gap, 0, 0], wood),
  );
  const rails = [0.3, 0.75].map((at) =>
    slab([count * gap, 0.08, 0.03], [0, h * at, 0.04], wood)
  );
  return { parts: [...posts, ...rails], flat: 0 };
}

function pillars(random: Random): Thing {
  const stone = anyMaterial(random, 0.8), h = between(random, 2, 4);
  const w = between(random, 1.2, 3), r = between(random, 0.12, 0.3);
  return {
    parts: [
      post(r, h, [-w / 2, 0, 0], stone, 0.9),
      post(r, h, [w / 2, 0, 0], stone, 0.9),
      slab([w + 3 * r, 2 * r, 2.6 * r], [0, h, 0], stone),
    ],
    flat: 0,
  };
}

function cart(random: Random): Thing {
  const body = anyMaterial(random, 1.5), tyre = paint([0.03, 0.03, 0.03]);
  const w = between(random, 1.4, 1.8), l = between(random, 2.5, 4.5);
  const r = between(random, 0.28, 0.4), h = between(random, 0.5, 0.8);
  const wheels = [[-1, -1], [-1, 1], [1, -1], [1, 1]].map(([i, j]) =>
    part("frustum", [i! * w / 2, r, j! * l * 0.32], [r, 0.1, r], tyre, {
      rotation: [0, 1, 0, -1, 0, 0, 0, 0, 1],
    })
  );
  const glass = paint([0.05, 0.07, 0.1], {
    mirror: 0.4,
    specular: 0.5,
    shininess: 90,
  });
  return {
    parts: [
      slab([w, h, l], [0, r, 0], body),
      slab([w * 0.9, 0.5, l * 0.5], [0, r + h, -l * 0.08], glass),
      ...wheels,
    ],
    flat: 0,
  };
}

const makers = [
  tree,
  tree,
  conifer,
  conifer,
  rock,
  rock,
  house,
  fence,
  pillars,
  cart,
];

/** A random outdoor thing, at its natural size. */
export function anyOutdoorThing(random: Random): Thing {
  return pick(random, makers)(random);
}
