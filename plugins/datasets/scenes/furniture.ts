/**
 * Furniture and other indoor things.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, chance, pick } from "./choose.ts";
import {
  anyColour,
  anyMaterial,
  leafMaterial,
  paint,
  woodMaterial,
} from "./materials.ts";
import type { Material } from "./scene.ts";
import { anyShape } from "./shapes.ts";
import { type Part, part, post, slab, type Thing } from "./things.ts";
import { rotation, type Vec3 } from "./vector.ts";

/** Four legs, round or square, at the corners of a rectangle `w` by `l`. */
function legs(
  random: Random,
  [w, h, l]: Vec3,
  material: Material,
): readonly Part[] {
  const r = between(random, 0.02, 0.05), round = chance(random, 0.5);
  const corners = [[-1, -1], [-1, 1], [1, -1], [1, 1]] as const;
  return corners.map(([i, j]) => {
    const at: Vec3 = [i * (w / 2 - r), 0, j * (l / 2 - r)];
    return round
      ? post(r, h, at, material)
      : slab([2 * r, h, 2 * r], at, material);
  });
}

/** A table; `size` is its width, height and length. */
export function table(random: Random, size: Vec3): Thing {
  const [w, h, l] = size, wood = woodMaterial(random);
  const top = chance(random, 0.5) ? wood : anyMaterial(random, 1);
  const thick = between(random, 0.03, 0.07);
  if (chance(random, 0.25)) {
    const r = Math.min(w, l) / 2;
    const foot = [
      post(r * 0.5, 0.03, [0, 0, 0], wood),
      post(0.05, h - thick, [0, 0, 0], wood),
    ];
    const disc = post(r, thick, [0, h - thick, 0], top);
    return { parts: [disc, ...foot], flat: r };
  }
  return {
    parts: [
      slab([w, thick, l], [0, h - thick, 0], top),
      ...legs(random, [w * 0.94, h - thick, l * 0.94], wood),
    ],
    flat: Math.min(w, l) / 2,
  };
}

function anyTable(random: Random): Thing {
  return table(random, [
    between(random, 0.6, 1.6),
    between(random, 0.4, 0.8),
    between(random, 0.5, 0.9),
  ]);
}

function chair(random: Random): Thing {
  const wood = woodMaterial(random), w = between(random, 0.38, 0.5);
  const cloth = chance(random, 0.5) ? wood : anyMaterial(random, 0.5);
  const seat = between(random, 0.42, 0.5), back = between(random, 0.35, 0.6);
  return {
    parts: [
      slab([w, 0.05, w], [0, seat - 0.05, 0], cloth),
      slab([w, back, 0.04], [0, seat, -w / 2 + 0.02], cloth),
      ...legs(random, [w, seat - 0.05, w], wood),
    ],
    flat: 0,
  };
}

function shelf(random: Random): Thing {
  const wood = woodMaterial(random), w = between(random, 0.6, 1.4);
  const h = between(random, 0.8, 2.1), deep = between(random, 0.25, 0.4);
  const boards = 2 + random.integer(4);
  const parts = Array.from(
    { length: boards + 1 },
    (_, i) => slab([w, 0.03, deep], [0, i * (h - 0.03) / boards, 0], wood),
  );
  const sides = [-1, 1].map((side) =>
    slab([0.03, h, deep], [side * w / 2, 0, 0], wood)
  );
  return {
    parts: [...parts, ...sides, ...books(random, w, h / boards, deep, boards)],
    flat: deep / 2,
  };
}

function books(
  random: Random,
  w: number,
  step: number,
  deep: number,
  boards: number,
): readonly Part[] {
  return Array.from({ length: 2 * boards }, () => {
    const wide = between(random, 0.06, 0.4 * w);
    const tall = between(random, 0.4, 0.85) * step;
    const x = between(random, -1, 1) * (w - wide) / 2.1;
    const y = random.integer(boards) * step + 0.03;
    return slab([wide, tall, deep * 0.7], [x, y, 0], anyMaterial(random, 0.3));
  });
}

function floorLamp(random: Random): Thing {
  const metal = paint(anyColour(random), { specular: 0.4, shininess: 60 });
  const h = between(random, 1, 1.7), r = between(random, 0.15, 0.28);
  const shade = paint([0.9, 0.8, 0.6], { glow: between(random, 0.2, 1.2) });
  return {
    parts: [
      post(r * 0.8, 0.03, [0, 0, 0], metal),
      post(0.02, h, [0, 0, 0], metal),
      post(r, r * 1.3, [0, h, 0], shade, between(random, 0.4, 0.9)),
    ],
    flat: 0,
  };
}

function sofa(random: Random): Thing {
  const cloth = anyMaterial(random, 0.6), w = between(random, 0.8, 2);
  const deep = between(random, 0.7, 0.9), seat = between(random, 0.35, 0.45);
  const arms = [-1, 1].map((side) =>
    slab([0.18, seat + 0.2, deep], [side * (w / 2 - 0.09), 0, 0], cloth)
  );
  const cushion = part(
    "sphere",
    [w * 0.2, seat + 0.15, 0],
    [0.2, 0.15, 0.12],
    anyMaterial(random, 0.3),
  );
  return {
    parts: [
      slab([w, seat, deep], [0, 0, 0], cloth),
      slab([w, seat + 0.4, 0.2], [0, 0, -deep / 2 + 0.1], cloth),
      ...arms,
      cushion,
    ],
    flat: 0,
  };
}

function plant(random: Random): Thing {
  const pot = anyMaterial(random, 0.3), leaf = leafMaterial(random);
  const r = between(random, 0.1, 0.22), h = r * between(random, 1.2, 2);
  const leaves = Array.from({ length: 6 }, (_, i) => {
    const long = between(random, 0.2, 0.5), lean = between(random, 0.2, 1.1);
    const turn = i * 1.05 + between(random, 0, 0.5),
      out = Math.sin(lean) * long;
    return part(
      "sphere",
      [Math.sin(turn) * out, h + Math.cos(lean) * long, Math.cos(turn) * out],
      [0.07, long, 0.03],
      leaf,
      { rotation: rotation([Math.cos(turn), 0, -Math.sin(turn)], lean) },
    );
  });
  return { parts: [post(r, h, [0, 0, 0], pot, 1.3), ...leaves], flat: 0 };
}

function steps(random: Random): Thing {
  const stone = anyMaterial(random, 0.5), count = 3 + random.integer(4);
  const w = between(random, 0.5, 1.2), rise = between(random, 0.14, 0.22);
  const parts = Array.from(
    { length: count },
    (_, i) =>
      slab([w, rise * (i + 1), 0.28], [0, 0, (i - count / 2) * 0.28], stone),
  );
  return { parts, flat: 0 };
}

const makers = [anyTable, chair, chair, shelf, floorLamp, sofa, plant, steps];

/** A random piece of furniture, at its natural size. */
export function anyFurniture(random: Random): Thing {
  return pick(random, makers)(random);
}

/** A cup, a bottle or a pile of books. */
function anyTableware(random: Random, size: number): Thing {
  const m = anyMaterial(random, size);
  switch (random.integer(3)) {
    case 0:
      return {
        parts: [
          post(size * 0.3, size * 0.8, [0, 0, 0], m, between(random, 0.8, 1.3)),
          part("torus", [size * 0.34, size * 0.4, 0], [size * 0.2, 0, 0], m, {
            shape: 0.2,
            rotation: rotation([1, 0, 0], Math.PI / 2),
          }),
        ],
        flat: 0,
      };
    case 1:
      return {
        parts: [
          post(size * 0.22, size * 0.8, [0, 0, 0], m),
          post(size * 0.22, size * 0.25, [0, size * 0.8, 0], m, 0.35),
          post(size * 0.08, size * 0.3, [0, size * 1.05, 0], m),
        ],
        flat: 0,
      };
    default:
      return pile(random, size);
  }
}

function pile(random: Random, size: number): Thing {
  let y = 0;
  const parts = Array.from({ length: 2 + random.integer(4) }, () => {
    const h = size * between(random, 0.1, 0.25);
    const book = slab(
      [size, h, size * 0.7],
      [0, y, 0],
      anyMaterial(random, size),
    );
    y += h;
    return {
      ...book,
      rotation: rotation([0, 1, 0], between(random, -0.3, 0.3)),
    };
  });
  return { parts, flat: size * 0.3 };
}

/** A random thing for the top of a table, a shelf or a crate, at most half a metre large. */
export function anySmallThing(random: Random, size: number): Thing {
  const small = Math.min(size, 0.5);
  return chance(random, 0.4)
    ? anyTableware(random, small)
    : anyShape(random, small);
}
