import { equal, ok } from "node:assert/strict";
import { cameraAt } from "../../../../plugins/datasets/scenes/camera.ts";
import { paint } from "../../../../plugins/datasets/scenes/materials.ts";
import { render } from "../../../../plugins/datasets/scenes/render.ts";
import type {
  Camera,
  Plane,
  Scene,
  Solid,
} from "../../../../plugins/datasets/scenes/scene.ts";
import {
  apply,
  dot,
  identity,
  rotation,
  sub,
  type Vec3,
} from "../../../../plugins/datasets/scenes/vector.ts";

const grey = paint([0.5, 0.5, 0.5]);

const ground: Plane = {
  normal: [0, 1, 0],
  offset: 0,
  material: grey,
  object: 1,
};

function sceneOf(solids: readonly Solid[], more: Partial<Scene> = {}): Scene {
  return {
    solids,
    planes: [ground],
    lights: [{
      position: [0, 100, 0],
      radius: 1,
      colour: [1, 1, 1],
      reach: 100,
    }],
    ambient: [[0.2, 0.2, 0.2], [0.1, 0.1, 0.1]],
    sky: { zenith: [0.3, 0.4, 0.8], horizon: [0.8, 0.8, 0.9], clouds: 0 },
    fog: 0,
    key: 0.18,
    far: 1000,
    ...more,
  };
}

function ball(centre: Vec3, radius: number): Solid {
  return {
    kind: "sphere",
    centre,
    rotation: identity,
    half: [radius, radius, radius],
    shape: 1,
    material: grey,
    object: 8,
  };
}

const size = { width: 60, height: 40, samples: 1 };
const camera = cameraAt([0.3, 1.5, -4], {
  yaw: 0.1,
  pitch: -0.2,
  roll: 0.15,
  view: 1,
});

/** The unit direction through the centre of a pixel, and its component along the optical axis. */
function rayOf(
  { forward, right, up, slope }: Camera,
  x: number,
  y: number,
): { d: Vec3; axis: number } {
  const { width, height } = size;
  const u = ((x + 0.5) - width / 2) / (height / 2) * slope;
  const v = (height / 2 - (y + 0.5)) / (height / 2) * slope;
  const sum = forward.map((f, i) => f + u * right[i]! + v * up[i]!);
  const long = Math.hypot(...sum);
  return { d: sum.map((s) => s / long) as unknown as Vec3, axis: 1 / long };
}

/** Depth of the nearer of ball and ground, in closed form. */
function expectedDepth(
  x: number,
  y: number,
  centre: Vec3,
  r: number,
): { depth: number; object: number } {
  const { d, axis } = rayOf(camera, x, y), o = camera.position;
  const floor = d[1] < 0 ? -o[1] / d[1] : Infinity;
  const c = sub(centre, o), b = dot(c, d);
  const disc = b * b - dot(c, c) + r * r;
  const sphere = disc > 0 ? b - Math.sqrt(disc) : Infinity;
  const t = Math.min(floor, sphere), depth = t * axis;
  return depth < 1000
    ? { depth, object: t === sphere ? 8 : 1 }
    : { depth: NaN, object: 0 };
}

Deno.test("render() gives the depth of a ball on the ground in closed form", () => {
  const centre: Vec3 = [0.4, 0.9, 1], r = 0.9;
  const { depth, object } = render(sceneOf([ball(centre, r)]), camera, size);
  const kinds = new Set<number>();
  for (let y = 0, at = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, at++) {
      const expected = expectedDepth(x, y, centre, r);
      equal(object.data[at], expected.object, `object at ${x}, ${y}`);
      equal(depth.data[at], Math.fround(expected.depth), `depth at ${x}, ${y}`);
      kinds.add(expected.object);
    }
  }
  equal(kinds.size, 3);
});

Deno.test("render() gives the depth of a turned box in closed form", () => {
  const turn = rotation([0, 1, 0], 0.7);
  const box: Solid = {
    ...ball([0, 1, 2], 1),
    kind: "box",
    rotation: turn,
    half: [0.5, 1, 2],
  };
  const { depth, object } = render(sceneOf([box]), camera, size);
  let seen = 0;
  for (let at = 0; at < depth.data.length; at++) {
    if (object.data[at] !== 8) continue;
    seen++;
    const x = at % size.width, y = Math.floor(at / size.width);
    const { d, axis } = rayOf(camera, x, y);
    const t = depth.data[at]! / axis;
    const p = sub(
      camera.position.map((o, i) => o + t * d[i]!) as unknown as Vec3,
      box.centre,
    );
    // The inverse of a rotation about y is the opposite rotation.
    const local = apply(rotation([0, 1, 0], -0.7), p);
    const reach = Math.max(...local.map((l, i) => Math.abs(l) / box.half[i]!));
    ok(Math.abs(reach - 1) < 1e-6, `${x}, ${y} is at ${reach} of the box`);
  }
  ok(seen > 100, `${seen} pixels`);
});

Deno.test("render() darkens surfaces in shadow", () => {
  const above = cameraAt([0, 6, -6], {
    yaw: 0,
    pitch: -Math.PI / 4,
    roll: 0,
    view: 0.8,
  });
  const open = sceneOf([]), shaded = sceneOf([ball([0, 3.5, 0], 1)]);
  const green = (scene: Scene): number => {
    const { image, depth } = render(scene, above, size);
    // The ground right below the ball and around it, and the ball in between.
    ok(depth.data.every((z) => z > 0));
    return image.data[((size.height / 2 | 0) * size.width + 30) * 3 + 1]! /
      image.data[((size.height / 2 | 0) * size.width + 5) * 3 + 1]!;
  };
  ok(green(open) > 0.95, `${green(open)}`);
  ok(green(shaded) < 0.7, `${green(shaded)}`);
});

Deno.test("render() finds the same surfaces for any number of samples", () => {
  const scene = sceneOf([ball([0.4, 0.9, 1], 0.9)]);
  const one = render(scene, camera, size);
  const many = render(scene, camera, { ...size, samples: 9 });
  equal(one.depth.data.join(), many.depth.data.join());
  const differ = one.image.data.reduce(
    // The picture's mean, and so its exposure, shifts slightly.
    (sum, v, i) => sum + Number(Math.abs(v - many.image.data[i]!) > 5),
    0,
  );
  ok(differ > 20 && differ < one.image.data.length / 8, `${differ} bytes`);
});

Deno.test("render() fades distant surfaces into the colour of the fog", () => {
  const blue = (fog: number): readonly number[] => {
    const { image: { data }, depth, object } = render(
      sceneOf([], { fog }),
      camera,
      size,
    );
    return [...depth.data.keys()]
      .filter((i) => object.data[i] === 1 && depth.data[i]! > 30)
      .map((i) => data[i * 3 + 2]! - data[i * 3]!);
  };
  ok(blue(0).length > 5);
  ok(blue(0).every((b) => b === 0), "grey ground is grey");
  ok(blue(0.1).every((b) => b > 4), "and blue in fog");
});
