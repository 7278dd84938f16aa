/**
 * Latents, a direction and a dictionary in, every edit that is made and what
 * each is compared with out.
 *
 * @module
 */
import type { ProbeDirection } from "../where/probe_direction.ts";
import type { DepthStudy } from "../study/study.ts";
import type { ChosenLatents } from "./choose_latents.ts";
import type { Condition } from "./condition.ts";
import {
  nearFarSwap,
  pictureSwap,
  projection,
  steeringAll,
} from "./direction_edits.ts";
import type { Gathered } from "./gather.ts";
import { type LatentPlan, latentPlan } from "./latent_plan.ts";
import type { LiveRef } from "./paused_group.ts";
import {
  type Candidates,
  type Direction,
  directionsByChance,
  likeInVariance,
} from "./random_directions.ts";
import {
  gaussianError,
  means,
  nothing,
  spliced,
  zeros,
} from "./whole_edits.ts";

/** How a control is like what it controls. */
export type ControlKind =
  | "latents of equal density and norm"
  | "directions of equal norm"
  | "directions of equal variance"
  | "Gaussian error of equal norm";

/** A control of an edit. */
export interface Control {
  /** How it is like it. */
  readonly kind: ControlKind;
  /** The edit. */
  readonly condition: Condition;
  /** Its variance over the other's, or its density over the other's. */
  readonly likeness: number;
  /** Which latent it is, where it is one. */
  readonly latent?: number;
}

/** An edit with its controls. */
export interface Compared {
  /** What is done, in a few words: `"ablate"`. */
  readonly name: string;
  /** How much of it: latents of a group, standard deviations of a dose; NaN where there is nothing to say. */
  readonly dose: number;
  /** The edit. */
  readonly condition: Condition;
  /** What it must do more than; none where nothing is like it. */
  readonly controls: readonly Control[];
}

/** Every edit. */
export interface Plan {
  /** Edits of the whole, of groups of latents and along the probe's direction. */
  readonly wholes: readonly Compared[];
  /** Patching between near and far. */
  readonly swaps: readonly Compared[];
  /** Edits of single latents; absent without a dictionary. */
  readonly latents?: LatentPlan | undefined;
}

/** What {@linkcode planOf} plans from. */
export interface PlanInput {
  /** Where edits are made. */
  readonly study: DepthStudy;
  /** What is known of the patches. */
  readonly gathered: Gathered;
  /** The direction along which a probe reads depth; absent where it reads nothing. */
  readonly direction?: Pick<ProbeDirection, "direction" | "sd"> | undefined;
  /** Which latents are edited; absent without a dictionary. */
  readonly chosen?: ChosenLatents | undefined;
  /** Directions by chance. */
  readonly candidates: Candidates;
  /** Where edits find the pictures at hand. */
  readonly live: LiveRef;
  /** Controls of each edit that has its own. */
  readonly controls: number;
  /** In standard deviations. */
  readonly doses: readonly number[];
}

/** Plans every edit. */
export function planOf(input: PlanInput): Plan {
  const latents = latentPlan(input);
  return {
    wholes: [
      ...wholes(input),
      ...latents?.groups ?? [],
      ...alongProbe(input),
    ],
    swaps: swaps(input),
    latents,
  };
}

/** All conditions of a plan, once each. */
export function conditionsOf({ wholes, swaps, latents }: Plan): Condition[] {
  const compared = [...wholes, ...swaps, ...latents?.doses ?? []];
  return [
    ...new Set([
      ...compared.flatMap(({ condition, controls }) => [
        condition,
        ...controls.map(({ condition }) => condition),
      ]),
      ...latents?.ablations.values() ?? [],
    ]),
  ];
}

function wholes({ study, gathered, live, controls }: PlanInput): Compared[] {
  const { hook, dictionary, seed } = study;
  const alone = (name: string, condition: Condition): Compared => ({
    name,
    dose: NaN,
    condition,
    controls: [],
  });
  return [
    alone("nothing", nothing()),
    alone("zero all patches", zeros(hook)),
    alone("mean for all patches", means(hook, gathered.mean)),
    ...dictionary
      ? [
        alone("splice, error kept", spliced(hook, dictionary, live, true)),
        {
          ...alone("splice", spliced(hook, dictionary, live, false)),
          controls: Array.from({ length: controls }, (_, i): Control => ({
            kind: "Gaussian error of equal norm",
            condition: gaussianError(hook, dictionary, live, seed, 53, i),
            likeness: 1,
          })),
        },
      ]
      : [],
  ];
}

/** Directions by chance, half of them any, half of them of equal variance. */
export function controlDirections(
  direction: ArrayLike<number>,
  { candidates, controls }: Pick<PlanInput, "candidates" | "controls">,
  ...keys: readonly number[]
): { kind: ControlKind; direction: Direction; likeness: number }[] {
  const any = Math.ceil(controls / 2),
    own = candidates.varianceAlong(direction);
  const described = (kind: ControlKind) => (direction: Direction) => ({
    kind,
    direction,
    likeness: candidates.varianceAlong(direction) / own,
  });
  return [
    ...directionsByChance(direction.length, any, ...keys)
      .map(described("directions of equal norm")),
    ...likeInVariance(candidates, direction, controls - any)
      .map(described("directions of equal variance")),
  ];
}

/** An edit along the probe's direction, and the same along others. */
function along(
  input: PlanInput,
  name: string,
  dose: number,
  edit: (direction: ArrayLike<number>) => Condition,
  isControlled = true,
): Compared[] {
  const own = input.direction?.direction;
  if (!own) return [];
  // Twice as many as for a latent: there is but one such direction.
  const controls = isControlled
    ? controlDirections(
      own,
      { ...input, controls: 2 * input.controls },
      input.study.seed,
      54,
    )
    : [];
  return [{
    name,
    dose,
    condition: edit(own),
    controls: controls.map(({ direction, ...rest }) => ({
      ...rest,
      condition: edit(direction),
    })),
  }];
}

function alongProbe(input: PlanInput): Compared[] {
  const { study: { hook }, gathered: { mean }, direction, doses } = input;
  const most = Math.max(...doses);
  return [
    ...along(
      input,
      "project the probe's direction out",
      NaN,
      (direction) => projection(hook, direction, mean),
    ),
    ...doses.flatMap((dose) =>
      along(
        input,
        "steer along the probe's direction",
        dose,
        (along) => steeringAll(hook, along, dose * (direction?.sd ?? 0)),
        dose === most,
      )
    ),
  ];
}

function swaps(input: PlanInput): Compared[] {
  const { study: { hook }, live } = input;
  return [
    ...along(
      input,
      "near and far patches",
      NaN,
      (direction) => nearFarSwap(hook, direction, live),
    ),
    ...along(
      input,
      "two pictures",
      NaN,
      (direction) => pictureSwap(hook, direction, live),
    ),
  ];
}
