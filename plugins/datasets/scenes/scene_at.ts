/**
 * Makes the scene of a given seed and index.
 *
 * @module
 */
import { type Example, randomFrom } from "../../../mod.ts";
import { layOut } from "./lay_out.ts";
import { render } from "./render.ts";

/** A scene to make, and how to draw it. */
export interface SceneRequest {
  /** Seed of all scenes. */
  readonly seed: number;
  /** Index of the scene. */
  readonly index: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Rays through a pixel on an edge. */
  readonly samples: number;
}

/** Lays out a scene and draws it; the result depends on the request only. */
export function sceneAt(
  { seed, index, width, height, samples }: SceneRequest,
): Example {
  const { kind, scene, camera, objects } = layOut(randomFrom(seed, index));
  const size = { width, height, samples };
  const { image, depth, object } = render(scene, camera, size);
  return {
    id: `scenes/${seed}/${index}`,
    image,
    labels: { kind, objects },
    maps: { depth, object },
  };
}
