/**
 * Chosen latents in, the edits of each and of the best together out.
 *
 * @module
 */
import { randomFrom } from "../../../../mod.ts";
import type { Condition } from "./condition.ts";
import { firingOf } from "./gather.ts";
import {
  ablation,
  type LatentEditsInput,
  rowOf,
  steering,
} from "./latent_edits.ts";
import {
  type Compared,
  type Control,
  controlDirections,
  type PlanInput,
} from "./compared.ts";
import { dot } from "./random_directions.ts";

/** An edit of one latent with its controls. */
export interface ComparedLatent extends Compared {
  /** The latent. */
  readonly latent: number;
}

/** The edits of latents. */
export interface LatentPlan {
  /** The ablation of each latent that is asked about, by chance or a control. */
  readonly ablations: ReadonlyMap<number, Condition>;
  /** The ablation of each latent asked about, the best tuned first. */
  readonly asked: readonly ComparedLatent[];
  /** The steering of each, dose by dose. */
  readonly doses: readonly ComparedLatent[];
  /** The best 1, 2, 4 … of them ablated together. */
  readonly groups: readonly Compared[];
}

/** Latents of which every dose has controls: those that are drawn. */
export const drawn = 3;

/** Plans the edits of latents; undefined where there are none. */
export function latentPlan(input: PlanInput): LatentPlan | undefined {
  const { chosen, gathered: { codes, rows }, study: { hook } } = input;
  if (!chosen || !codes || !rows || chosen.asked.length === 0) return undefined;
  const edits = { codes, rows, hook };
  const all = [...chosen.asked, ...chosen.chance, ...chosen.alike];
  const ablations = new Map(
    all.map((latent) => [latent, ablation(edits, [latent])]),
  );
  const asked = chosen.asked.map((latent): ComparedLatent => ({
    name: "ablate",
    latent,
    dose: NaN,
    condition: ablations.get(latent)!,
    controls: chosen.controls.get(latent)!.map((other) => ({
      kind: "latents of equal density and norm",
      condition: ablations.get(other)!,
      latent: other,
      likeness: chosen.look(other).fired / chosen.look(latent).fired,
    })),
  }));
  return {
    ablations,
    asked,
    doses: chosen.asked.flatMap((latent, i) =>
      dosesOf(latent, i < drawn, edits, input)
    ),
    groups: groups(asked, edits, input),
  };
}

/** A latent steered by doses of the standard deviation of its value where it fires. */
function dosesOf(
  latent: number,
  isDrawn: boolean,
  edits: LatentEditsInput,
  input: PlanInput,
): ComparedLatent[] {
  const row = rowOf(edits, latent), norm = Math.sqrt(dot(row, row));
  const { sd } = firingOf(edits.codes, latent);
  if (!(sd * norm > 0)) return [];
  const keys = [input.study.seed, 55, latent];
  const others = controlDirections(row, input, ...keys);
  const most = Math.max(...input.doses);
  return input.doses.map((dose) => ({
    name: "steer",
    latent,
    dose,
    condition: steering(edits, latent, row, dose * sd),
    controls: (isDrawn || dose === most ? others : [])
      .map(({ direction, ...rest }): Control => ({
        ...rest,
        condition: steering(edits, latent, direction, dose * sd * norm),
      })),
  }));
}

/** The best tuned ablated together, and as many of their controls. */
function groups(
  asked: readonly ComparedLatent[],
  edits: LatentEditsInput,
  { study: { seed }, controls }: PlanInput,
): Compared[] {
  return groupSizes(asked.length).map((size) => {
    const own = asked.slice(0, size);
    const random = randomFrom(seed, 56, size);
    return {
      name: "ablate the best together",
      dose: size,
      condition: ablation(edits, own.map(({ latent }) => latent)),
      controls: Array.from({ length: controls }, () => {
        const taken = new Set<number>();
        for (const { controls } of own) {
          const free = controls.filter(({ latent }) => !taken.has(latent!));
          if (free.length > 0) {
            taken.add(free[random.integer(free.length)]!.latent!);
          }
        }
        return {
          kind: "latents of equal density and norm" as const,
          condition: ablation(edits, [...taken]),
          likeness: taken.size / size,
        };
      }),
    };
  });
}

/** 1, 2, 4 … and `count` itself. */
function groupSizes(count: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < count; size *= 2) sizes.push(size);
  return [...sizes, count];
}
