/**
 * Threads that draw scenes in the background.
 *
 * @module
 */
import type { Example } from "../../../mod.ts";
import type { RenderAnswer, RenderRequest } from "./_render_worker.ts";
import type { SceneRequest } from "./scene_at.ts";

/** Threads that draw. */
export interface RenderThreads {
  /** Draws a scene on the least busy thread. */
  render(scene: SceneRequest): Promise<Example>;
  /** Ends the threads; scenes under way never resolve. */
  close(): void;
}

/** A scene that is being drawn. */
type Waiting = PromiseWithResolvers<Example>;

/** `count` threads, which start with the first request. */
export function renderThreads(count: number): RenderThreads {
  let threads: RenderThread[] | undefined;
  return {
    render(scene) {
      threads ??= Array.from({ length: count }, startThread);
      const free = threads.reduce((a, b) => b.busy() < a.busy() ? b : a);
      return free.render(scene);
    },
    close() {
      for (const thread of threads ?? []) thread.close();
      threads = undefined;
    },
  };
}

interface RenderThread extends RenderThreads {
  /** How many scenes it still has to draw. */
  busy(): number;
}

function startThread(): RenderThread {
  const worker = new Worker(new URL("./_render_worker.ts", import.meta.url), {
    type: "module",
  });
  const waiting = new Map<number, Waiting>();
  let requests = 0;
  worker.onmessage = ({ data }: MessageEvent<RenderAnswer>) => {
    const { resolve, reject } = waiting.get(data.request)!;
    waiting.delete(data.request);
    if ("error" in data) reject(new Error(data.error));
    else resolve(data.example);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error(event.message));
    waiting.clear();
  };
  return {
    busy: () => waiting.size,
    render(scene) {
      const request = requests++, ends = Promise.withResolvers<Example>();
      waiting.set(request, ends);
      worker.postMessage({ request, scene } satisfies RenderRequest);
      return ends.promise;
    },
    close: () => worker.terminate(),
  };
}
