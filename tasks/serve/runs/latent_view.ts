/**
 * What the page of one latent shows.
 *
 * @module
 */
import type { ServeContext } from "../context.ts";
import { latentNumber } from "./address_numbers.ts";
import { type Exemplar, latentExemplars } from "./latent_exemplars.ts";
import { latentQueryText } from "./latent_query.ts";
import { pictureProblems } from "./picture_problems.ts";
import type { Run, RunIndex } from "./run_store.ts";

/** One latent, its pictures and its neighbours in order. */
export interface LatentView {
  /** The run. */
  readonly run: Run;
  /** The run's index. */
  readonly latents: RunIndex;
  /** The latent. */
  readonly latent: number;
  /** The pictures with its largest values. */
  readonly top: readonly Exemplar[];
  /** Pictures drawn at random among those on which it fires. */
  readonly chance: readonly Exemplar[];
  /** The latents before and after it. */
  readonly pair: LatentPair;
  /** Sentences on what cannot be shown. */
  readonly problems: readonly string[];
}

/** The latents before and after one; -1 where there is none. */
export interface LatentPair {
  /** The latent before it. */
  readonly previous: number;
  /** The latent after it. */
  readonly next: number;
  /** The query whose order this is, as an address has it; empty for the order of numbers. */
  readonly text: string;
}

/**
 * Finds the latent `text` of the run `name`.
 *
 * @throws {Problem} When there is no such run, index or latent.
 */
export async function latentView(
  context: ServeContext,
  name: string,
  text: string,
  params: URLSearchParams,
): Promise<LatentView> {
  const run = await context.store.run(name);
  const latents = await context.store.latents(run);
  const latent = latentNumber(text, latents.index.info.dSae);
  const top = await latentExemplars(latents, "top", latent);
  const chance = await latentExemplars(latents, "chance", latent);
  const all = [...top, ...chance];
  const pictures = await pictureProblems(context.pictures, run, all);
  return {
    run,
    latents,
    latent,
    top,
    chance,
    pair: pairOf(context, run, latents, latent, params),
    problems: [...latents.problems, ...pictures],
  };
}

function pairOf(
  { search }: ServeContext,
  run: Run,
  latents: RunIndex,
  latent: number,
  params: URLSearchParams,
): LatentPair {
  if (params.has("sort")) {
    const { query, latents: order } = search(run, latents, params);
    return { ...around(order, latent), text: latentQueryText(query) };
  }
  const isLast = latent + 1 === latents.index.info.dSae;
  return { previous: latent - 1, next: isLast ? -1 : latent + 1, text: "" };
}

function around(order: Uint32Array, latent: number) {
  const at = order.indexOf(latent);
  return {
    previous: at > 0 ? order[at - 1]! : -1,
    next: at >= 0 ? order[at + 1] ?? -1 : -1,
  };
}
