/**
 * What is measured, and on which model and pictures.
 *
 * @module
 */
import type { Encoder, Hook, Prediction } from "../../../../mod.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { Condition } from "./condition.ts";
import { type Effects, noEffects } from "./effects.ts";
import type { Intervention } from "./intervention.ts";
import type { LiveRef } from "./paused_group.ts";
import type { Places } from "./places.ts";

/** A model that can pause, edit and resume. */
export interface Pausable {
  /** The model. */
  readonly encoder: Encoder & Required<Pick<Encoder, "pause">>;
  /** Its own depth. */
  readonly prediction: Prediction;
  /** The hook where that is read. */
  readonly at: Hook;
}

/** What {@linkcode measure} measures. */
export interface MeasureInput {
  /** Where edits are made. */
  readonly study: DepthStudy;
  /** The model. */
  readonly model: Pausable;
  /** Indices of the pictures in the dataset. */
  readonly pictures: Uint32Array;
  /** The edits and their controls. */
  readonly interventions: readonly Intervention[];
  /** The pictures that the model is paused on. */
  readonly live: LiveRef;
}

/** The paths from the hook to the depth head. */
export const paths = ["both", "residual", "tap"] as const;

/** What an edit does by one path. */
export interface PathEffects {
  /** The path. */
  readonly path: (typeof paths)[number];
  /** What is done. */
  readonly name: string;
  /** The edit. */
  readonly condition: Condition;
  /** What it does. */
  readonly effects: Effects;
}

/** What was measured so far. */
export interface Measured {
  /** How the places of a prediction lie over cells. */
  readonly places: Places;
  /** What each edit does. */
  readonly effects: ReadonlyMap<Condition, Effects>;
  /** What the model says of the first picture's cells, `"clean"` and by the name of what is done. */
  readonly maps: Map<string, Float64Array>;
  /** The effects of followed edits by each path; none where the hook is not tapped. */
  paths: readonly PathEffects[];
  /** The tap, where there is one. */
  tap?: string | undefined;
  /** Why the paths were not measured, where the encoder would not pause at both. */
  refusal?: string;
  /** Standard deviation of the clean prediction over all places of all pictures. */
  sd: number;
  /** How often the model went on from the pause, with up to 4 pictures each time. */
  resumes: number;
}

/** No effects, to be added to. */
export function freshEffects(
  { pictures, study: { truth } }: MeasureInput,
  { cellOf }: Places,
): Effects {
  return noEffects(pictures.length, cellOf.length, truth);
}
