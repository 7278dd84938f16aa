/**
 * A scene made ready for casting rays into it.
 *
 * @module
 */
import { pack, type Packed } from "./pack.ts";
import type { Scene } from "./scene.ts";
import { newSurfacePoint, type SurfacePoint } from "./surface_point.ts";
import { allSolids, type TileSolids } from "./tile_culling.ts";

/** A scene made ready for rays. */
export interface PreparedScene {
  /** What it was made from. */
  readonly scene: Scene;
  /** Its solids. */
  readonly packed: Packed;
  /** Lists for rays that start anywhere. */
  readonly all: TileSolids;
  /** What a mirror shows. */
  readonly bounce: SurfacePoint;
  /** Surface colour at the point in hand, and in the mirror. */
  readonly albedo: Float64Array;
  /** Light that arrives there. */
  readonly light: Float64Array;
  /** Radiance from the mirror. */
  readonly mirrored: Float64Array;
}

/** Makes `scene` ready. */
export function prepareScene(scene: Scene): PreparedScene {
  return {
    scene,
    packed: pack(scene.solids),
    all: allSolids(scene.solids.length, scene.lights.length),
    bounce: newSurfacePoint(),
    albedo: new Float64Array(3),
    light: new Float64Array(3),
    mirrored: new Float64Array(3),
  };
}
