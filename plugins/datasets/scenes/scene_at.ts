/**
 * A seed and a number in, a picture with its depth out.
 *
 * @module
 */
import { type Example, randomFrom } from "../../../mod.ts";
import { layOut } from "./lay_out.ts";
import { render } from "./render.ts";

/** Which scene, and how it is drawn. */
export interface SceneRequest {
  /** Decides all scenes. */
  readonly seed: number;
  /** Which of them. */
  readonly index: number;
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Rays for a pixel on an edge. */
  readonly samples: number;
}

/** Lays a scene out and draws it: a function of the request alone. */
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
