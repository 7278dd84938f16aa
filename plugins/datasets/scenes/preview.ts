/**
 * A coarse look at a scene, to tell whether there is enough to see.
 *
 * @module
 */
import { openEye } from "./eye.ts";
import { firstPass } from "./first_pass.ts";
import { emptyTile } from "./tile_culling.ts";
import type { Camera, Scene } from "./scene.ts";
import { prepareScene } from "./prepared_scene.ts";

/** Shares of a view. */
export interface Preview {
  /** Covered by solids. */
  readonly solids: number;
  /** Covered by the surface that covers most; the sky counts as one. */
  readonly largest: number;
  /** Covered by sky. */
  readonly sky: number;
}

/** Samples the view of `scene` with 16 × 16 rays. */
export function preview(scene: Scene, camera: Camera): Preview {
  const side = 16, rays = side * side, prepared = prepareScene(scene);
  const { visible } = emptyTile(scene.solids.length, 0);
  const { surface } = firstPass(prepared, openEye(camera, side, side), visible);
  const counts = new Map<number, number>();
  for (const s of surface) counts.set(s, (counts.get(s) ?? 0) + 1);
  const solids = surface.filter((s) => s >= 0 && s < scene.solids.length);
  return {
    solids: solids.length / rays,
    largest: Math.max(...counts.values()) / rays,
    sky: (counts.get(-1) ?? 0) / rays,
  };
}
