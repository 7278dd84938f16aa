/**
 * An edit beside the edits that it is compared with.
 *
 * @module
 */
import type { ProbeDirection } from "../../where/probe_direction.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { ChosenLatents } from "./choose_latents.ts";
import type { Condition } from "./condition.ts";
import type { Gathered } from "./gather.ts";
import type { LiveRef } from "./paused_group.ts";
import {
  type Candidates,
  type Direction,
  directionsByChance,
  likeInVariance,
} from "./random_directions.ts";

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
