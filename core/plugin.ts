/**
 * The plugin contract.
 *
 * @module
 */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { Dataset } from "./dataset.ts";
import type { Encoder } from "./encoder.ts";
import type { Engine } from "./engine.ts";
import type { Probe } from "./probe.ts";
import type { Sparsifier } from "./sparsifier.ts";

/** What each kind of plugin makes. */
export interface Kinds {
  /** Pictures by index. */
  dataset: Dataset;
  /** A vision transformer. */
  encoder: Encoder;
  /** A dictionary of latents. */
  sparsifier: Sparsifier;
  /** A question about a trained dictionary. */
  probe: Probe;
  /** Where the maths is done. */
  engine: Engine;
}

/** A kind of plugin. */
export type Kind = keyof Kinds;

/** What a plugin reports while it is created: a line for the user, or progress. */
export interface PluginEvent {
  /** The line, or what is being done. */
  readonly text: string;
  /** How much of it is done, in any unit; absent for a line. */
  readonly done?: number;
  /** How much there is to do, in the same unit. */
  readonly total?: number;
}

/** What a plugin is given besides its options. */
export interface PluginContext {
  /** The folder that relative paths in the options start from, as a `file:` URL. */
  readonly base: URL;
  /** The run's seed. */
  readonly seed: number;
  /** Reports to the user; a plugin prints nothing itself. */
  readonly report?: ((event: PluginEvent) => void) | undefined;
}

/** A module's default export: one thing a run can name. */
export interface Plugin<K extends Kind = Kind, Options = unknown> {
  /** Version of this interface that the plugin was written for. */
  readonly apiVersion: 1;
  /** What kind of thing it makes. */
  readonly kind: K;
  /** Its name in logs, reports and errors, in kebab case. */
  readonly name: string;
  /** One line for `deno task plugins`. */
  readonly description: string;
  /** Schema of its options, by any library that follows Standard Schema. */
  readonly options: StandardSchemaV1<unknown, Options>;
  /** Makes the thing. */
  create(
    options: Options,
    context: PluginContext,
  ): Kinds[K] | Promise<Kinds[K]>;
}

/**
 * Returns `plugin` unchanged, with the types of its options inferred from
 * their schema.
 *
 * @example
 * ```ts
 * import { definePlugin } from "tessera";
 * import { equal } from "node:assert/strict";
 * import { z } from "zod";
 *
 * const plugin = definePlugin({
 *   apiVersion: 1,
 *   kind: "dataset",
 *   name: "nothing",
 *   description: "No pictures at all",
 *   options: z.strictObject({ length: z.int().default(0) }),
 *   create: ({ length }) => ({
 *     length,
 *     get: () => Promise.reject(new Error("there is none")),
 *   }),
 * });
 * equal(plugin.kind, "dataset");
 * ```
 */
export function definePlugin<K extends Kind, S extends StandardSchemaV1>(
  plugin: Omit<Plugin<K>, "options" | "create"> & {
    readonly options: S;
    create(
      options: StandardSchemaV1.InferOutput<S>,
      context: PluginContext,
    ): Kinds[K] | Promise<Kinds[K]>;
  },
): Plugin<K, StandardSchemaV1.InferOutput<S>> {
  return plugin as unknown as Plugin<K, StandardSchemaV1.InferOutput<S>>;
}
