/**
 * Procedural 3-D scenes with exact depth: a dataset that needs no files.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { type Dataset, definePlugin, type Plugin } from "../../../mod.ts";
import { z } from "zod";
import { renderThreads } from "./render_threads.ts";
import { sceneAt } from "./scene_at.ts";

const side = z.int().min(8).max(4096);

/** The options of {@linkcode scenes}. */
export interface ScenesOptions {
  /** Number of scenes. */
  readonly length: number;
  /** Width of a picture in pixels. */
  readonly width: number;
  /** Height of a picture in pixels. */
  readonly height: number;
  /** Rays through a pixel on an edge; other pixels get one. */
  readonly samples: number;
  /** Seed of all scenes; the run's by default. */
  readonly seed?: number | undefined;
  /** Threads that draw; with none, the calling thread does. */
  readonly threads?: number | undefined;
}

/**
 * `length` scenes, indoors and outdoors, of spheres, boxes, cylinders, cones,
 * capsules, rings and gables under lamps or the sun. Scene `i` depends on
 * `(seed, i)` only, not on `length`.
 *
 * Maps: `depth`, the distance along the camera's optical axis in metres,
 * exact at the centre of each pixel, NaN for sky; `object`, 0 for sky, 1 for
 * the ground, 2 to 5 for the walls of a room, 6 for its ceiling, and 8 and up
 * for objects, the same number for all parts of one.
 *
 * Labels: `kind` (`room`, `table`, `field`, `yard`) and `objects`, the number of
 * objects in the scene, visible or not.
 *
 * @example
 * ```ts
 * import { scenes } from "./mod.ts";
 * import { equal, ok } from "node:assert/strict";
 *
 * const set = scenes({ length: 9, width: 32, height: 24, samples: 4, seed: 1 });
 * const { image, maps } = await set.get(3);
 * equal(image.data.length, 24 * 32 * 3);
 * ok(maps!.depth!.data.some((metres) => metres > 0.1));
 * ```
 */
export function scenes(
  { length, width, height, samples, seed, threads = 0 }: ScenesOptions,
  fallback = 0,
): Dataset {
  const look = { seed: seed ?? fallback, width, height, samples };
  const beside = renderThreads(threads);
  return {
    length,
    async get(index) {
      if (!(index >= 0 && index < length && Number.isInteger(index))) {
        throw new RangeError(
          `Cannot get scene ${index}: there are ${length}, counted from 0`,
        );
      }
      const request = { ...look, index };
      return threads > 0 ? await beside.render(request) : sceneAt(request);
    },
    memory: () => threads * threadBytes,
    close: () => Promise.resolve(beside.close()),
  };
}

/** Memory of a thread that draws, measured. */
const threadBytes = 60 * 2 ** 20;

/** The plugin of {@linkcode scenes}. */
const plugin: Plugin<"dataset", ScenesOptions> = definePlugin({
  apiVersion: 1,
  kind: "dataset",
  name: "scenes",
  description: "Procedural 3-D scenes with exact depth, made on the fly",
  options: z.strictObject({
    length: z.int().min(1).default(2000).describe("Number of scenes"),
    width: side.default(128).describe("Width of a picture in pixels"),
    height: side.default(128).describe("Height of a picture in pixels"),
    samples: z.int().min(1).max(64).default(4)
      .describe("Rays through a pixel on an edge; other pixels get one"),
    seed: z.int().optional()
      .describe("Seed of all scenes; the run's by default"),
    threads: z.int().min(0).max(64).optional()
      .describe("Threads that draw; by default one for each core"),
  }),
  create: ({ threads = availableParallelism(), ...options }, { seed }) =>
    scenes({ ...options, threads }, seed),
});
export default plugin;
