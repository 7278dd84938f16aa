/**
 * The list of all interventions, which measuring, comparing and tables walk.
 *
 * @module
 */
import {
  addDirection,
  meanTokens,
  patchesOf,
  randomFrom,
  splice,
  zeroTokens,
} from "../../../../mod.ts";
import type { ProbeDirection } from "../../where/probe_direction.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { ChosenLatents } from "./choose_latents.ts";
import type { Condition } from "./condition.ts";
import {
  ablation,
  gaussianError,
  type LatentEditsInput,
  nearFarSwap,
  pictureSwap,
  projection,
  rowOf,
  spliced,
  steering,
} from "./edits.ts";
import { firingOf, type Gathered } from "./gather.ts";
import type { Control, Intervention } from "./intervention.ts";
import type { LiveRef } from "./paused_group.ts";
import {
  type Candidates,
  type ControlDirection,
  controlDirections,
  dot,
} from "./random_directions.ts";

/** What {@linkcode interventionsOf} chooses from. */
export interface InterventionsInput {
  /** Where edits are made. */
  readonly study: DepthStudy;
  /** What is known of the patches. */
  readonly gathered: Gathered;
  /** The direction along which a probe reads depth; absent where it reads none. */
  readonly direction?: Pick<ProbeDirection, "direction" | "sd"> | undefined;
  /** Which latents are edited; absent without a dictionary. */
  readonly chosen?: ChosenLatents | undefined;
  /** Random directions. */
  readonly candidates: Candidates;
  /** The pictures that the model is paused on. */
  readonly live: LiveRef;
  /** How many controls an edit has. */
  readonly controls: number;
  /** Doses of steering, in standard deviations. */
  readonly doses: readonly number[];
}

/** How many latents are drawn: all their doses have controls. */
export const drawn = 3;

/** Every intervention. */
export function interventionsOf(input: InterventionsInput): Intervention[] {
  return [
    ...ofAllPatches(input),
    ...ofLatents(input),
    ...alongProbe(input),
  ];
}

function ofAllPatches(
  { study, gathered, live, controls }: InterventionsInput,
): Intervention[] {
  const { hook, dictionary, seed } = study, where = patchesOf(hook);
  const alone = (name: string, condition: Condition): Intervention => ({
    role: "whole",
    name,
    dose: NaN,
    condition,
    controls: [],
  });
  const all = [
    // Must change nothing: any effect is a bug.
    alone("nothing", { edit: (x) => x }),
    alone("zero all patches", { edit: (x) => zeroTokens(x, { where }) }),
    alone("mean for all patches", {
      edit: (x) => meanTokens(x, gathered.mean, { where }),
    }),
  ];
  if (!dictionary) return all;
  const without = spliced(hook, dictionary, live);
  return [
    ...all,
    alone("splice, error kept", {
      edit: (x) => splice(x, dictionary, { keepError: true, where }),
    }),
    {
      ...alone("splice", without),
      controls: Array.from({ length: controls }, (_, i) => ({
        kind: "Gaussian error of equal norm",
        condition: gaussianError(hook, without, seed, 53, i),
        likeness: 1,
      })),
    },
  ];
}

function alongProbe(input: InterventionsInput): Intervention[] {
  const { study: { hook, seed }, gathered: { mean }, live, doses } = input;
  if (!input.direction) return [];
  const { direction, sd } = input.direction, where = patchesOf(hook);
  // Twice as many as for a latent: there is only one such direction.
  const twice = { ...input, controls: 2 * input.controls };
  const others = controlDirections(direction, twice, seed, 54);
  const along = (
    role: Intervention["role"],
    name: string,
    edit: (direction: ArrayLike<number>) => Condition,
    more: Partial<Intervention> = {},
  ): Intervention => ({
    role,
    name,
    dose: NaN,
    condition: edit(direction),
    controls: controlsAlong(others, edit),
    ...more,
  });
  const most = Math.max(...doses), isFollowed = true;
  const steer = (step: number) => (along: ArrayLike<number>): Condition => ({
    edit: (x) => addDirection(x, along, step, { where }),
  });
  return [
    along(
      "whole",
      "project the probe's direction out",
      (along) => projection(hook, along, mean),
      { isFollowed },
    ),
    ...doses.map((dose) =>
      along("whole", "steer along the probe's direction", steer(dose * sd), {
        dose,
        ...dose !== most && { controls: [] },
      })
    ),
    along(
      "swap",
      "near and far patches",
      (along) => nearFarSwap(hook, along, live),
      { isFollowed },
    ),
    along("swap", "two pictures", (along) => pictureSwap(hook, along, live)),
  ];
}

/** The same edit along other directions. */
function controlsAlong(
  others: readonly ControlDirection[],
  edit: (direction: ArrayLike<number>) => Condition,
): Control[] {
  return others.map(({ direction, ...rest }) => ({
    ...rest,
    condition: edit(direction),
  }));
}

/** Edits of the best latents together, of each alone, and of the latents that they are compared with. */
function ofLatents(input: InterventionsInput): Intervention[] {
  const { chosen, gathered: { codes, rows }, study: { hook } } = input;
  if (!chosen || !codes || !rows || chosen.asked.length === 0) return [];
  const { asked, chance, alike } = chosen, edits = { codes, rows, hook };
  const ablations = new Map(
    [...asked, ...chance, ...alike].map((latent) => [
      latent,
      ablate(latent, ablation(edits, [latent])),
    ]),
  );
  const each = asked.map((latent): Intervention => ({
    ...ablations.get(latent)!,
    role: "ablation",
    controls: chosen.controls.get(latent)!.map((other) => ({
      kind: "latents of equal density and norm",
      condition: ablations.get(other)!.condition,
      latent: other,
      likeness: chosen.look(other).fired / chosen.look(latent).fired,
    })),
  }));
  for (const latent of asked) ablations.delete(latent);
  return [
    ...groups(each, edits, input),
    ...asked.flatMap((latent, i) => dosesOf(latent, i < drawn, edits, input)),
    ...each,
    ...ablations.values(),
  ];
}

function ablate(latent: number, condition: Condition): Intervention {
  const name = "ablate", dose = NaN, controls: Control[] = [];
  return { role: "other", name, latent, dose, condition, controls };
}

/** A latent steered by doses in standard deviations of its value where it fires. */
function dosesOf(
  latent: number,
  isDrawn: boolean,
  edits: LatentEditsInput,
  input: InterventionsInput,
): Intervention[] {
  const row = rowOf(edits, latent), norm = Math.sqrt(dot(row, row));
  const { sd } = firingOf(edits.codes, latent);
  if (!(sd * norm > 0)) return [];
  const others = controlDirections(row, input, input.study.seed, 55, latent);
  const most = Math.max(...input.doses);
  return input.doses.map((dose) => ({
    role: "dose",
    name: "steer",
    latent,
    dose,
    condition: steering(edits, latent, row, dose * sd),
    controls: controlsAlong(
      isDrawn || dose === most ? others : [],
      (direction) => steering(edits, latent, direction, dose * sd * norm),
    ),
  }));
}

/** The best 1, 2, 4 … latents ablated together; controls are as many of their own controls. */
function groups(
  asked: readonly Intervention[],
  edits: LatentEditsInput,
  { study: { seed }, controls }: InterventionsInput,
): Intervention[] {
  return groupSizes(asked.length).map((size) => {
    const own = asked.slice(0, size), random = randomFrom(seed, 56, size);
    return {
      role: "whole",
      name: "ablate the best together",
      dose: size,
      condition: ablation(edits, own.map(({ latent }) => latent!)),
      controls: Array.from({ length: controls }, () => {
        const taken = new Set<number>();
        for (const { controls } of own) {
          const free = controls.filter(({ latent }) => !taken.has(latent!));
          if (free.length > 0) {
            taken.add(free[random.integer(free.length)]!.latent!);
          }
        }
        return {
          kind: "latents of equal density and norm",
          condition: ablation(edits, [...taken]),
          likeness: taken.size / size,
        };
      }),
      isFollowed: size === asked.length,
    };
  });
}

/** 1, 2, 4 … and `count` itself. */
function groupSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < count; size *= 2) sizes.push(size);
  return [...sizes, count];
}
