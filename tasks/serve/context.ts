/**
 * What every page of the web server needs.
 *
 * @module
 */
import type { Hono } from "hono";
import type { Approve, Builtins } from "../../core/run/load_plugin.ts";
import {
  type DroppedPictures,
  droppedPictures,
} from "./live/dropped_pictures.ts";
import { type LatentSearch, latentSearch } from "./runs/latent_search.ts";
import { type LiveModels, openLiveModels } from "./live/live_models.ts";
import { foreignPlugins, refuseForeign } from "./runs/foreign_plugins.ts";
import { openPictures, type Pictures } from "./runs/pictures.ts";
import { openRunStore, type RunStore } from "./runs/run_store.ts";
import { readStaticFiles, type StaticFiles } from "./http/static_files.ts";

/** What every page needs. */
export interface ServeContext {
  /** The runs. */
  readonly store: RunStore;
  /** Their pictures. */
  readonly pictures: Pictures;
  /** Pictures that readers have dropped. */
  readonly dropped: DroppedPictures;
  /** Their models, opened when they are first asked something. */
  readonly models: LiveModels;
  /** Finds latents as an address asks for them. */
  readonly search: LatentSearch;
  /** Style sheet and modules. */
  readonly files: StaticFiles;
}

/** Adds pages to the server: what a file in `pages/` or `api/` exports. */
export type Routes = (app: Hono, context: ServeContext) => void;

/**
 * Opens what the pages need for the runs in `path`; errors call it `shownPath`.
 * Plugins that are not built in do not run unless `approve` lets them.
 *
 * @throws {ConfigError} When it holds no run.
 */
export async function openContext(
  path: string,
  builtins: Builtins,
  shownPath: string = path,
  approve: Approve = refuseForeign,
): Promise<ServeContext> {
  const store = await openRunStore(path, {
    shownPath,
    notices: (config) =>
      approve === refuseForeign ? foreignPlugins(config, builtins) : [],
  });
  const plugins = { builtins, approve };
  const pictures = openPictures(plugins);
  const files = await readStaticFiles();
  return {
    ...{ store, pictures, files },
    dropped: droppedPictures(),
    models: openLiveModels(plugins),
    search: latentSearch(pictures),
  };
}
