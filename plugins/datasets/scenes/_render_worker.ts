/**
 * The worker of `render_threads.ts`: draws one scene after another.
 *
 * @module
 */
/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
import type { Example } from "../../../mod.ts";
import { sceneAt, type SceneRequest } from "./scene_at.ts";

/** A numbered request for a scene. */
export interface RenderRequest {
  /** The number that the answer carries. */
  readonly request: number;
  /** The scene to draw. */
  readonly scene: SceneRequest;
}

/** The drawn scene, or the error's message. */
export type RenderAnswer =
  & { readonly request: number }
  & ({ readonly example: Example } | { readonly error: string });

self.onmessage = (
  { data: { request, scene } }: MessageEvent<RenderRequest>,
) => {
  try {
    const example = sceneAt(scene);
    const { depth, object } = example.maps!;
    const buffers = [example.image.data, depth!.data, object!.data]
      .map(({ buffer }) => buffer as ArrayBuffer);
    self.postMessage({ request, example } satisfies RenderAnswer, buffers);
  } catch (error) {
    const { message } = error as Error;
    self.postMessage({ request, error: message } satisfies RenderAnswer);
  }
};
