/**
 * The latents of a run that an address asks for, a page at a time.
 *
 * @module
 */
import type { ServeContext } from "../context.ts";
import type { FoundLatents } from "./latent_search.ts";
import type { Run, RunIndex } from "./run_store.ts";

/** Latents of one page. */
export const pageRows = 24;

/** Latents in the order that an address asks for. */
export interface LatentList {
  /** The run. */
  readonly run: Run;
  /** The run's index. */
  readonly latents: RunIndex;
  /** Those that were asked for. */
  readonly found: FoundLatents;
  /** The position of the page's first one. */
  readonly offset: number;
}

/**
 * Finds the latents of the run `name` that `url` asks for.
 *
 * @throws {Problem} When there is no such run, index or column.
 */
export async function latentList(
  { store, search }: ServeContext,
  name: string,
  url: string,
): Promise<LatentList> {
  const run = await store.run(name);
  const latents = await store.latents(run);
  const params = new URL(url).searchParams;
  const found = search(run, latents, params);
  const offset = readOffset(params, found.latents.length);
  return { run, latents, found, offset };
}

/** The first row to show: a multiple of a page's rows. */
function readOffset(params: URLSearchParams, total: number): number {
  const text = params.get("offset") ?? "0";
  const wanted = /^\d{1,12}$/.test(text) ? Number(text) : 0;
  const most = Math.max(0, total - 1);
  return Math.floor(Math.min(wanted, most) / pageRows) * pageRows;
}
