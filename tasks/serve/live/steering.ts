/**
 * Steers a run's model as an address asks.
 *
 * @module
 */
import type { Prediction } from "../../../core/encoder.ts";
import type { ServeContext } from "../context.ts";
import type { PatchLatents, Steered, SteerEdit } from "./live_model.ts";
import { type PictureLatent, pictureLatents } from "./picture_latents.ts";
import { steerUrl } from "../urls.ts";
import type { Run, RunIndex } from "../runs/run_store.ts";
import { type ShownPicture, shownPicture } from "./shown_picture.ts";
import {
  type AskedEdit,
  type SteerQuery,
  steerQueryText,
} from "./steer_query.ts";

/** A steering and its outcome. */
export interface Steering {
  /** The run. */
  readonly run: Run;
  /** The picture. */
  readonly picture: ShownPicture;
  /** The run's index, where it has one. */
  readonly latents: RunIndex | undefined;
  /** What was asked. */
  readonly query: SteerQuery;
  /** The edits, with defaults filled in. */
  readonly edits: readonly SteerEdit[];
  /** Latents of the picture, the strongest first. */
  readonly strongest: readonly PictureLatent[];
  /** The predictions before and after. */
  readonly steered: Steered;
  /** All predictions that the model can make. */
  readonly predictions: readonly Prediction[];
  /** Latents in all. */
  readonly dSae: number;
  /** Milliseconds it took. */
  readonly time: number;
}

/**
 * Finds the picture and the latents that are asked for, and steers.
 *
 * @throws {Problem} When one of them does not exist, or the model cannot be steered.
 */
export async function steer(
  context: ServeContext,
  run: Run,
  query: SteerQuery,
  signal: AbortSignal | undefined,
): Promise<Steering> {
  const { store, models } = context;
  const latents = await store.latents(run).catch(() => undefined);
  const picture = await shownPicture(context, run, imageOf(query, latents));
  return await models.ask(run, signal, async (model) => {
    const started = performance.now();
    const found = await model.look(picture);
    const strongest = pictureLatents(found);
    const asked = query.edits ??
      strongest.slice(0, 1).map(({ latent }) => ({ latent }));
    const edits = asked.map((edit) => filledIn(edit, found, latents));
    const { keepError, prediction, patches } = query;
    const steered = await model.steer(picture, {
      edits,
      keepError,
      prediction,
      patches,
    });
    const time = performance.now() - started;
    const { predictions, dSae } = model;
    return {
      ...{ run, picture, latents, query, edits, strongest, steered },
      ...{ predictions, dSae, time },
    };
  });
}

/** The picture that is asked for, or the one that shows the first latent best. */
function imageOf(
  { image, edits }: SteerQuery,
  latents: RunIndex | undefined,
): string {
  if (image !== undefined) return image;
  const latent = edits?.[0]?.latent, info = latents?.index.info;
  if (latent === undefined || !info || latent >= info.dSae) return "0";
  const best = latents!.index.top.example[latent * info.slots.top]!;
  return String(Math.max(0, best));
}

/** An edit with its defaults: twice the latent's largest value in the picture, or in the index. */
function filledIn(
  { latent, how, value }: AskedEdit,
  { codes: { latents, values } }: PatchLatents,
  index: RunIndex | undefined,
): SteerEdit {
  if (how === "ablate") return { latent, how, value: 0 };
  if (how !== undefined && value !== undefined) return { latent, how, value };
  if (how === "scale") return { latent, how, value: 2 };
  let most = 0;
  latents.forEach((one, i) => {
    if (one === latent) most = Math.max(most, values[i]!);
  });
  if (most === 0) most = index?.index.columns.max?.[latent] ?? 1;
  const usual = Number((2 * (most || 1)).toPrecision(2));
  return { latent, how: "set", value: value ?? usual };
}

/** The address of a steering, with `change`, in which nothing is left to defaults. */
export function permanentUrl(
  { run, picture, query, edits }: Steering,
  change: Partial<SteerQuery> = {},
): string {
  const all = { ...query, image: picture.ref, edits, ...change };
  return steerUrl(run.name, steerQueryText(all));
}
