/**
 * The Depth Anything of this repository, trained on `scenes`.
 *
 * @module
 */
import { z } from "zod";
import {
  definePlugin,
  type Encoder,
  type Plugin,
  type PluginContext,
} from "../../mod.ts";
import { depthAnything } from "./depth_anything/mod.ts";
import {
  type PictureOptions,
  pictureOptions,
} from "./pictures/prepared_pictures.ts";

const model = new URL("../../fixtures/depth-nano/", import.meta.url).href;

/** Options of {@linkcode depthNano}. */
export interface DepthNanoOptions extends PictureOptions {
  /** How many threads it computes with; all cores when absent. */
  readonly threads?: number | undefined;
}

/**
 * The {@linkcode depthAnything} in `fixtures/depth-nano`: 6 blocks of width
 * 128 on pictures of 128×128 pixels, 16×16 patches. How well it does is in
 * `fixtures/README.md`.
 *
 * @throws {ConfigError} When whole patches of 8 pixels do not fill `options.size`.
 */
export function depthNano(
  options: DepthNanoOptions,
  context: Pick<PluginContext, "base">,
): Promise<Encoder> {
  return depthAnything({ ...options, model, pos: "hf" }, context);
}

/** The plugin. */
const plugin: Plugin<"encoder", DepthNanoOptions> = definePlugin({
  apiVersion: 1,
  kind: "encoder",
  name: "depth-nano",
  description:
    "A small Depth Anything trained on scenes, in this repository: the default",
  options: z.strictObject({
    ...pictureOptions,
    threads: z.int().positive().optional().describe(
      "Threads to compute with; all cores when absent",
    ),
  }),
  create: depthNano,
});
export default plugin;
