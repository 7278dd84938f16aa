/**
 * The part "why": what the model's own depth owes to latents and directions.
 *
 * @module
 */
import { type Encoder, evenly } from "../../../../mod.ts";
import { readPictures, type StudyPicture } from "../../study/pictures.ts";
import { probeDirection } from "../../where/probe_direction.ts";
import type { PartResult } from "../../study/study.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { LatentTuning } from "../../who/tuning.ts";
import { chooseLatents } from "./choose_latents.ts";
import { findingsOf } from "./findings.ts";
import { gather, type Gathered } from "./gather.ts";
import type { LiveRef } from "./paused_group.ts";
import { measure } from "./measure.ts";
import { type InterventionsInput, interventionsOf } from "./interventions.ts";
import type { Pausable } from "./measured.ts";
import { candidates } from "./random_directions.ts";
import { whyResult } from "./result.ts";

/** Options for {@linkcode why}. */
export interface WhyOptions {
  /** How many latents are asked about, the best tuned; as many random ones are ablated for the rank agreement. */
  readonly latents: number;
  /** How many pictures are edited. */
  readonly images: number;
  /** How many controls an edit has: random directions, groups of latents or random errors. */
  readonly controls: number;
  /** Doses of steering, in standard deviations. */
  readonly doses: readonly number[];
}

/**
 * Causal tests with the model's own depth head: the model is paused at the hook
 * and resumed with edited tokens. Its depth is compared with the unedited one,
 * and the change with that of matched controls. Where the model says no depth
 * after the hook, or cannot pause there, nothing is measured and the verdict says
 * so.
 */
export async function why(
  study: DepthStudy,
  tuning: LatentTuning | undefined,
  options: WhyOptions,
): Promise<PartResult> {
  const model = await pausable(study);
  if (typeof model === "string") return { metrics: {}, verdict: [model] };
  const { test } = study.split;
  const some = evenly(test.length, options.images).map((i) => test[i]!);
  const gathered = await gather(study, some);
  if (gathered.patches.pictures.length === 0) {
    return {
      metrics: {},
      verdict: ["No effects were measured: no picture could be decoded"],
    };
  }
  const live: LiveRef = {};
  const input = await interventionsInput(study, tuning, options, {
    gathered,
    live,
  });
  const interventions = interventionsOf(input);
  const measured = await measure({
    study,
    model,
    pictures: gathered.patches.pictures,
    interventions,
    live,
  });
  const { clusters } = gathered.patches;
  const draws = { clusters, seed: study.seed };
  const findings = findingsOf(interventions, measured, draws);
  return whyResult({ study, tuning, input, measured, findings });
}

/** The model where it says depth after the hook and can pause there, otherwise a sentence that says why not. */
async function pausable(study: DepthStudy): Promise<Pausable | string> {
  const { encoder, prediction, hook } = study;
  const none = "No effects on the model's own depth were measured: ";
  if (!prediction) return `${none}the encoder says none`;
  if (!canPause(encoder)) return `${none}the encoder cannot pause`;
  const at = encoder.hooks.find(({ name }) => name === prediction.hook);
  if (!at) return `${none}the encoder has no hook "${prediction.hook}"`;
  const first = await firstPicture(study);
  if (!first) return `${none}there is no picture that can be decoded`;
  try {
    const paused = await encoder.pause([first.image], [hook.name]);
    await paused.resume(undefined, [prediction.hook]);
  } catch (error) {
    // By name, since a plugin may bring its own copy of the class.
    if ((error as Error)?.name !== "ConfigError") throw error;
    return `${none}${(error as Error).message}`;
  }
  return { encoder, prediction, at };
}

async function firstPicture(
  { dataset, split: { test } }: DepthStudy,
): Promise<StudyPicture | undefined> {
  for (const index of test) {
    const [found] = await readPictures(dataset, [index]);
    if (found) return found;
  }
  return undefined;
}

function canPause(
  encoder: Encoder,
): encoder is Encoder & Required<Pick<Encoder, "pause">> {
  return encoder.pause !== undefined;
}

async function interventionsInput(
  study: DepthStudy,
  tuning: LatentTuning | undefined,
  options: WhyOptions,
  { gathered, live }: { gathered: Gathered; live: LiveRef },
): Promise<InterventionsInput> {
  const { codes, rows, sample } = gathered, { seed, hook } = study;
  const found = await probeDirection(study);
  return {
    study,
    gathered,
    live,
    controls: options.controls,
    doses: options.doses,
    candidates: candidates(sample, hook.width, seed),
    ...found.direction.some((x) => x !== 0) && { direction: found },
    ...codes && rows && {
      chosen: chooseLatents({
        codes,
        rows,
        tuning,
        count: options.latents,
        seed,
      }),
    },
  };
}
