/**
 * Things made of one solid: balls, crates, columns, cones, rings and ramps that
 * stand, lie or have tumbled.
 *
 * @module
 */
import type { Random } from "../../../mod.ts";
import { between, chance, pick } from "./choose.ts";
import { anyMaterial } from "./materials.ts";
import { restingHeight } from "./pack.ts";
import { type SolidKind, solidKinds } from "./scene.ts";
import { type Part, part, type Thing } from "./things.ts";
import {
  identity,
  type Mat3,
  multiply,
  rotation,
  type Vec3,
} from "./vector.ts";

/** A random shape about `size` metres large. */
export function anyShape(random: Random, size: number): Thing {
  const kind = pick(random, [...solidKinds, "box", "frustum"] as const);
  const pose = random.next();
  const turned = pose < 0.6
    ? identity
    : pose < 0.8
    ? rotation([1, 0, 0], Math.PI / 2)
    : anyRotation(random);
  const solid = part(
    kind,
    [0, 0, 0],
    halfOf(random, kind, size / 2),
    anyMaterial(random, size),
    { shape: shapeOf(random, kind), rotation: turned },
  );
  const flat = pose < 0.6 ? flatOf(solid) : 0;
  return { parts: [stand(solid)], flat };
}

/** A random rotation, almost uniformly distributed. */
export function anyRotation(random: Random): Mat3 {
  const about = (axis: Vec3): Mat3 =>
    rotation(axis, between(random, 0, 2 * Math.PI));
  return multiply(
    about([0, 1, 0]),
    multiply(about([1, 0, 0]), about([0, 0, 1])),
  );
}

function stand(solid: Part): Part {
  const y = restingHeight({ ...solid, object: 0 });
  return { ...solid, centre: [0, y, 0] };
}

function flatOf({ kind, half, shape }: Part): number {
  if (kind === "box") return Math.min(half[0], half[2]);
  return kind === "frustum" && shape > 0.5 ? half[0] * shape : 0;
}

function halfOf(random: Random, kind: SolidKind, r: number): Vec3 {
  const some = (): number => r * between(random, 0.5, 1.2);
  if (kind === "sphere") {
    return chance(random, 0.6) ? [r, r, r] : [some(), some(), some()];
  }
  if (kind === "frustum") {
    const wide = r * between(random, 0.3, 1);
    return [wide, some(), wide];
  }
  const thin = kind === "capsule" ? 0.5 : kind === "torus" ? 0.75 : 1;
  return kind === "box" || kind === "wedge"
    ? [some(), some(), some()]
    : [r * thin, r * thin, r * thin];
}

function shapeOf(random: Random, kind: SolidKind): number {
  switch (kind) {
    case "frustum":
      return pick(random, [1, 1, 0, between(random, 0.1, 0.95)]);
    case "capsule":
      return between(random, 0.5, 2);
    case "torus":
      return between(random, 0.12, 0.45);
    default:
      return 1;
  }
}
