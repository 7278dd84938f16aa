/**
 * A quick look at a scene, to tell whether there is anything to see.
 *
 * @module
 */
import { openEye } from "./eye.ts";
import { look } from "./first_pass.ts";
import { emptyNear } from "./tile_culling.ts";
import type { Camera, Scene } from "./scene.ts";
import { setStage } from "./shade.ts";

/** What fills a view, as shares of it. */
export interface Glance {
  /** Covered by solids. */
  readonly solids: number;
  /** Covered by the one surface that covers most; the sky counts as one. */
  readonly largest: number;
  /** Covered by sky. */
  readonly sky: number;
}

/** Looks at `scene` through 16 × 16 rays. */
export function glance(scene: Scene, camera: Camera): Glance {
  const side = 16, rays = side * side, stage = setStage(scene);
  const { seen } = emptyNear(scene.solids.length, 0);
  const { surface } = look(stage, openEye(camera, side, side), seen);
  const counts = new Map<number, number>();
  for (const s of surface) counts.set(s, (counts.get(s) ?? 0) + 1);
  const solids = surface.filter((s) => s >= 0 && s < scene.solids.length);
  return {
    solids: solids.length / rays,
    largest: Math.max(...counts.values()) / rays,
    sky: (counts.get(-1) ?? 0) / rays,
  };
}
