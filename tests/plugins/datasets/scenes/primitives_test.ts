import { ok } from "node:assert/strict";
import { randomFrom } from "tessera";
import { normalOfSolid } from "../../../../plugins/datasets/scenes/normals.ts";
import { enterSolid } from "../../../../plugins/datasets/scenes/primitives.ts";
import { solidKinds } from "../../../../plugins/datasets/scenes/scene.ts";

type Point = readonly [number, number, number];

/** A function that is negative inside the solid, by its definition. */
function excess(kind: string, [x, y, z]: Point, shape: number): number {
  const ring = Math.hypot(x, z);
  switch (kind) {
    case "sphere":
      return Math.hypot(x, y, z) - 1;
    case "box":
      return Math.max(Math.abs(x), Math.abs(y), Math.abs(z)) - 1;
    case "frustum":
      return Math.max(
        Math.abs(y) - 1,
        ring - ((1 + shape) / 2 - (1 - shape) / 2 * y),
      );
    case "capsule":
      return Math.hypot(ring, Math.max(0, Math.abs(y) - shape)) - 1;
    case "torus":
      return Math.hypot(ring - 1, y) - shape;
    default:
      return Math.max(
        -1 - y,
        Math.abs(z) - 1,
        (2 * Math.abs(x) + y - 1) / Math.sqrt(5),
      );
  }
}

const cases: readonly (readonly [typeof solidKinds[number], number])[] = [
  ["sphere", 1],
  ["box", 1],
  ["frustum", 1],
  ["frustum", 0],
  ["frustum", 0.4],
  ["frustum", 1.3],
  ["capsule", 1.5],
  ["torus", 0.3],
  ["wedge", 1],
];

for (const [kind, shape] of cases) {
  const number = solidKinds.indexOf(kind);
  const along = (o: Point, d: Point, t: number): Point => [
    o[0] + t * d[0],
    o[1] + t * d[1],
    o[2] + t * d[2],
  ];

  Deno.test(`enterSolid() finds the first point of a ${kind} of shape ${shape}`, () => {
    const random = randomFrom(1, number);
    const at = (r: number): Point => [
      (random.next() * 2 - 1) * r,
      (random.next() * 2 - 1) * r,
      (random.next() * 2 - 1) * r,
    ];
    let hits = 0;
    for (let i = 0; i < 2000; i++) {
      const o = at(5), target = at(1.6);
      if (excess(kind, o, shape) < 0.01) continue;
      const d: Point = [target[0] - o[0], target[1] - o[1], target[2] - o[2]];
      const t = enterSolid(number, ...o, ...d, shape);
      if (t < Infinity) {
        hits++;
        const off = excess(kind, along(o, d, t), shape);
        ok(Math.abs(off) < 1e-7, `ray ${i} ends ${off} from the surface`);
      }
      for (let s = 0; s < Math.min(t, 4) - 1e-3; s += 0.01) {
        const off = excess(kind, along(o, d, s), shape);
        ok(off > -1e-3, `ray ${i} is ${-off} inside at ${s}, entered at ${t}`);
      }
    }
    ok(hits > 300, `${hits} hits`);
  });

  Deno.test(`normalOfSolid() points out of a ${kind} of shape ${shape}`, () => {
    const random = randomFrom(2, number), out = new Float64Array(3);
    let seen = 0;
    for (let i = 0; i < 500; i++) {
      const o: Point = [random.normal() * 3, random.normal() * 3, 3];
      const d: Point = [
        random.normal() - o[0],
        random.normal() - o[1],
        random.normal() - o[2],
      ];
      if (excess(kind, o, shape) < 0) continue;
      const t = enterSolid(number, ...o, ...d, shape);
      if (t === Infinity) continue;
      seen++;
      const p = along(o, d, t);
      normalOfSolid(number, ...p, shape, out);
      const length = Math.hypot(...out), h = 1e-6;
      const n: Point = [out[0]! / length, out[1]! / length, out[2]! / length];
      // Along the normal the function rises as a distance does, by 1.
      const rise = (excess(kind, along(p, n, h), shape) -
        excess(kind, along(p, n, -h), shape)) / (2 * h);
      ok(rise > 0.7, `rise ${rise} at ${p} along ${n}`);
      ok(n[0] * d[0] + n[1] * d[1] + n[2] * d[2] <= 1e-9, "faces the ray");
    }
    ok(seen > 50, `${seen} points`);
  });
}
