/**
 * What is measured, and the model's own depth with nothing edited.
 *
 * @module
 */
import type { Encoder, Hook, Prediction } from "../../../../mod.ts";
import type { StudyPicture } from "../../study/pictures.ts";
import type { DepthStudy } from "../study/depth_study.ts";
import type { Condition } from "./condition.ts";
import {
  type CleanPicture,
  cleanPicture,
  type Effects,
  type Places,
} from "./effects.ts";
import type { LiveRef } from "./paused_group.ts";

/** A model that can be intervened on. */
export interface Pausable {
  /** The model. */
  readonly encoder: Encoder & Required<Pick<Encoder, "pause">>;
  /** The depth that it says. */
  readonly prediction: Prediction;
  /** Where the prediction is read. */
  readonly at: Hook;
}

/** What {@linkcode measure} measures. */
export interface MeasureInput {
  /** Where edits are made. */
  readonly study: DepthStudy;
  /** What is asked. */
  readonly model: Pausable;
  /** Indices of the pictures in the dataset. */
  readonly pictures: Uint32Array;
  /** The edits, once each. */
  readonly conditions: readonly Condition[];
  /** Those that are measured by the residual path and by the tap alone, too. */
  readonly paths: ReadonlyMap<string, Condition>;
  /** Where edits find the pictures at hand. */
  readonly live: LiveRef;
  /** Those whose maps of the first picture are kept. */
  readonly mapped: ReadonlySet<Condition>;
}

/** What an edit does by one path. */
export interface PathEffects {
  /** The path. */
  readonly path: Path;
  /** What is done. */
  readonly name: string;
  /** The edit. */
  readonly condition: Condition;
  /** What it does. */
  readonly effects: Effects;
}

/** The ways from the hook to the depth head. */
export const pathNames = ["both", "residual", "tap"] as const;

/** One of them. */
export type Path = (typeof pathNames)[number];

/** What was measured. */
export interface Measured {
  /** What each edit does. */
  readonly effects: ReadonlyMap<Condition, Effects>;
  /** What some edits do by each path; none where the hook is not tapped. */
  readonly paths: readonly PathEffects[];
  /** The tap, where there is one. */
  readonly tap?: string | undefined;
  /** Why the paths were not measured, where the encoder would not pause at both. */
  readonly refusal?: string;
  /** Standard deviation of the clean prediction over all places of all pictures. */
  readonly sd: number;
  /** Places of a prediction. */
  readonly places: number;
  /** What the model says of the first picture's cells, clean and under conditions. */
  readonly maps: ReadonlyMap<Condition | "clean", Float64Array>;
  /** How often the model went on from the pause, with up to 4 pictures each time. */
  readonly resumes: number;
}

/** What is measured, while it is. */
export interface MeasuredSoFar {
  /** How predictions lie over cells. */
  readonly places: Places;
  /** As in {@linkcode Measured}. */
  readonly effects: Map<Condition, Effects>;
  /** As in {@linkcode Measured}. */
  paths: PathEffects[];
  /** As in {@linkcode Measured}. */
  readonly maps: Map<Condition | "clean", Float64Array>;
  /** As in {@linkcode Measured}. */
  tap: string | undefined;
  /** As in {@linkcode Measured}. */
  refusal?: string;
  /** As in {@linkcode Measured}. */
  resumes: number;
  /** The effects of no edit yet. */
  fresh(): Effects;
}

/** What the model says of each picture with nothing edited. */
export function cleanPictures(
  says: Float32Array,
  seen: readonly StudyPicture[],
  places: Places,
  { study: { truth, encoder } }: Pick<MeasureInput, "study">,
): CleanPicture[] {
  const each = says.length / seen.length;
  return seen.map((picture, i) =>
    cleanPicture(
      says.slice(i * each, (i + 1) * each),
      places,
      truth && picture.maps || {},
      encoder.view?.(picture.image),
    )
  );
}
