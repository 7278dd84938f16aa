/**
 * Renders a scene as a picture with depth and object maps.
 *
 * @module
 */
import type { DenseMap, RgbImage } from "../../../mod.ts";
import { expose } from "./expose.ts";
import { openEye } from "./eye.ts";
import { type FirstPass, firstPass } from "./first_pass.ts";
import { emptyTile } from "./tile_culling.ts";
import { type Camera, objectIds, type Scene } from "./scene.ts";
import { prepareScene } from "./prepared_scene.ts";
import { toneMap } from "./tone_map.ts";

/** Size and quality of a picture. */
export interface RenderOptions {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Rays through a pixel on an edge; other pixels get one. */
  readonly samples: number;
}

/** A picture with its maps. */
export interface Rendering {
  /** The picture, sRGB. */
  readonly image: RgbImage;
  /** Distance along the optical axis in metres at the pixel's centre, NaN for sky. */
  readonly depth: DenseMap;
  /** The object at the pixel's centre: see `objectIds`. */
  readonly object: DenseMap;
}

/** Renders `scene` as `camera` sees it. */
export function render(
  scene: Scene,
  camera: Camera,
  options: RenderOptions,
): Rendering {
  const { width, height, samples } = options;
  const prepared = prepareScene(scene), eye = openEye(camera, width, height);
  const tile = emptyTile(scene.solids.length, scene.lights.length);
  const first = firstPass(prepared, eye, tile.visible);
  const light = expose(prepared, eye, tile, first, samples);
  return {
    image: { data: toneMap(light, scene.key), width, height },
    depth: { data: depthOf(first), width, height },
    object: { data: objectsOf(scene, first), width, height },
  };
}

// Loops, since TypedArray.from() with a function takes ten times as long.
function depthOf({ surface, depth }: FirstPass): Float32Array {
  const map = new Float32Array(depth);
  for (let i = 0; i < map.length; i++) if (surface[i]! < 0) map[i] = NaN;
  return map;
}

function objectsOf(
  { solids, planes }: Scene,
  { surface }: FirstPass,
): Float32Array {
  const ids = [...solids, ...planes].map(({ object }) => object);
  const map = new Float32Array(surface.length);
  for (let i = 0; i < map.length; i++) {
    const s = surface[i]!;
    map[i] = s < 0 ? objectIds.sky : ids[s]!;
  }
  return map;
}
