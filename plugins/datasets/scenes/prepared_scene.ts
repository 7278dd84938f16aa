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
  /** The scene. */
  readonly scene: Scene;
  /** Its solids as flat arrays. */
  readonly packed: Packed;
  /** Solid lists for rays that start anywhere. */
  readonly all: TileSolids;
  /** Scratch: the point that a mirror shows. */
  readonly bounce: SurfacePoint;
  /** Scratch: surface colour at the current point. */
  readonly albedo: Float64Array;
  /** Scratch: ambient light there. */
  readonly light: Float64Array;
  /** Scratch: radiance from the mirror. */
  readonly mirrored: Float64Array;
}

/** Prepares `scene` for casting rays. */
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
