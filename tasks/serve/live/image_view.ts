/**
 * What the page of one picture shows.
 *
 * @module
 */
import type { ServeContext } from "../context.ts";
import type { PatchLatents } from "./live_model.ts";
import {
  latentMap,
  type PictureLatent,
  pictureLatents,
} from "./picture_latents.ts";
import { extent } from "../runs/extent.ts";
import { Problem } from "../http/problem.ts";
import { latentNumber } from "../runs/address_numbers.ts";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { type ShownPicture, shownPicture } from "./shown_picture.ts";

/** What an address asks to see of a picture. */
export interface ImageQuery {
  /** The patch that is looked at. */
  readonly patch?: number;
  /** The latent whose map is shown. */
  readonly latent?: number;
  /** What else is shown over the picture. */
  readonly layer?: "error";
}

/** A picture and the latents that its run's dictionary finds in it. */
export interface ImageView {
  /** The run. */
  readonly run: Run;
  /** The picture. */
  readonly picture: ShownPicture;
  /** The latents of each patch. */
  readonly found: PatchLatents;
  /** Latents of the picture, the strongest first. */
  readonly strongest: readonly PictureLatent[];
  /** The run's index, where it has one. */
  readonly latents: RunIndex | undefined;
  /** Latents in all. */
  readonly dSae: number;
}

/**
 * Asks the run's model about the picture.
 *
 * @throws {Problem} When there is no such picture, or its model cannot be opened.
 */
export async function imageView(
  context: ServeContext,
  { run: name, index }: { run: string; index: string },
  signal: AbortSignal | undefined,
): Promise<ImageView> {
  const run = await context.store.run(name);
  const picture = await shownPicture(context, run, index);
  const asked = await context.models.ask(
    run,
    signal,
    async (model) => ({ found: await model.look(picture), dSae: model.dSae }),
  );
  const latents = await context.store.latents(run).catch(() => undefined);
  const strongest = pictureLatents(asked.found);
  return { run, picture, latents, strongest, ...asked };
}

/**
 * Reads what an address asks to see.
 *
 * @throws {Problem} When it names a patch or a latent that does not exist.
 */
export function readImageQuery(
  params: URLSearchParams,
  { found: { grid }, dSae }: Pick<ImageView, "found" | "dSae">,
): ImageQuery {
  const patch = params.get("patch") ?? "", latent = params.get("latent") ?? "";
  const patches = grid[0] * grid[1];
  if (patch !== "" && !(/^\d{1,9}$/.test(patch) && Number(patch) < patches)) {
    throw new Problem(
      404,
      `Cannot find patch "${
        patch.slice(0, 40)
      }": the picture has ${patches}, numbered from 0 to ${patches - 1}`,
    );
  }
  return {
    ...patch !== "" && { patch: Number(patch) },
    ...latent !== "" && { latent: latentNumber(latent, dSae) },
    ...latent === "" && params.get("layer") === "error" &&
      { layer: "error" as const },
  };
}

/** The patch to look at: the one asked for, else where the shown latent, or any latent, is strongest. */
export function patchOf(
  { strongest }: ImageView,
  { patch, latent }: ImageQuery,
): number {
  if (patch !== undefined) return patch;
  const shown = strongest.find((one) => one.latent === latent);
  return (shown ?? strongest[0])?.patch ?? 0;
}

/** The map that lies over the picture, with its name and largest value. */
export function layerOf(
  { found }: ImageView,
  { latent, layer }: ImageQuery,
): { name: string; data: Float32Array; high: number } | undefined {
  if (latent === undefined && layer === undefined) return undefined;
  const data = latent === undefined ? found.error : latentMap(found, latent);
  const name = latent === undefined
    ? "Error of each patch"
    : `Latent ${latent}`;
  return { name, data, high: extent(data)?.[1] ?? 0 };
}
