/**
 * Latents, a direction and a dictionary in, every edit that is made and what
 * each is compared with out.
 *
 * @module
 */
import {
  type Compared,
  type Control,
  controlDirections,
  type PlanInput,
} from "./compared.ts";
import type { Condition } from "./condition.ts";
import {
  nearFarSwap,
  pictureSwap,
  projection,
  steeringAll,
} from "./direction_edits.ts";
import { type LatentPlan, latentPlan } from "./latent_plan.ts";
import {
  gaussianError,
  means,
  nothing,
  spliced,
  zeros,
} from "./whole_edits.ts";

/** Every edit. */
export interface Plan {
  /** Edits of the whole, of groups of latents and along the probe's direction. */
  readonly wholes: readonly Compared[];
  /** Patching between near and far. */
  readonly swaps: readonly Compared[];
  /** Edits of single latents; absent without a dictionary. */
  readonly latents?: LatentPlan | undefined;
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
