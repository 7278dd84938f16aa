/**
 * An intervention: an edit with the controls that it is compared with.
 *
 * @module
 */
import type { Condition } from "./condition.ts";

/** How a control is like what it controls. */
export type ControlKind =
  | "latents of equal density and norm"
  | "directions of equal norm"
  | "directions of equal variance"
  | "Gaussian error of equal norm";

/** A control of an edit. */
export interface Control {
  /** How it is like the edit that it controls. */
  readonly kind: ControlKind;
  /** What is done instead. */
  readonly condition: Condition;
  /** Of directions, the ratio of variances; of latents, of densities; of groups, the share that could be matched. */
  readonly likeness: number;
  /** Which latent it edits, where it is one. */
  readonly latent?: number;
}

/** An edit with its controls. */
export interface Intervention {
  /**
   * What is asked with it: `"whole"` of all patches, a group of latents or the
   * probe's direction, `"swap"` between patches or pictures, `"ablation"` and
   * `"dose"` of one latent asked about; `"other"` is the ablation of another
   * latent, to compare with.
   */
  readonly role: "whole" | "swap" | "ablation" | "dose" | "other";
  /** What is done, in a few words: `"ablate"`. */
  readonly name: string;
  /** How much of it: latents of a group, standard deviations of a dose; NaN where neither applies. */
  readonly dose: number;
  /** The latent, where one is edited. */
  readonly latent?: number;
  /** The edit. */
  readonly condition: Condition;
  /** What it must exceed; none where nothing is comparable. */
  readonly controls: readonly Control[];
  /** Whether it is also measured by each path, and its map of the first picture drawn. */
  readonly isFollowed?: boolean;
}

/** All edits and controls of a list, once each. */
export function conditionsOf(
  interventions: readonly Intervention[],
): Condition[] {
  const all = interventions.flatMap(({ condition, controls }) => [
    condition,
    ...controls.map(({ condition }) => condition),
  ]);
  return [...new Set(all)];
}
