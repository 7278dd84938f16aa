/**
 * Conditions and pictures in, what each does to the model's own depth out.
 *
 * @module
 */
import {
  type Encoder,
  type Hook,
  type HostTensor,
  inGroups,
  type Paused,
  type Prediction,
} from "../../../../mod.ts";
import { readPictures, type StudyPicture } from "../study/pictures.ts";
import type { DepthStudy } from "../study/study.ts";
import { type Condition, type Record, runConditions } from "./condition.ts";
import {
  addEffect,
  type CleanPicture,
  cleanPicture,
  type Effects,
  meansOfCells,
  noEffects,
  type Places,
  placesOver,
} from "./effects.ts";
import type { LiveRef } from "./paused_group.ts";
import { runPaths, tapOf } from "./causal_paths.ts";

/** Pictures that the model is paused on at once: no more are in memory. */
export const together = 4;

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

/** What was measured. */
export interface Measured {
  /** What each edit does. */
  readonly effects: ReadonlyMap<Condition, Effects>;
  /** By path: `"residual"`, `"tap"` or `"both"`, and the edit; absent where the hook is not tapped. */
  readonly paths: ReadonlyMap<string, Effects>;
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

/** Measures every condition on every picture, a few pictures after the others. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { study, pictures, conditions } = input;
  const places = placesOver(study.hook, input.model.at, input.model.prediction);
  const count = places.cellOf.length, spread = runningSpread();
  const fresh = () => noEffects(pictures.length, count, study.truth);
  const to: MeasuredSoFar = {
    places,
    effects: new Map(conditions.map((each) => [each, fresh()])),
    paths: new Map(),
    maps: new Map(),
    tap: undefined,
    resumes: 0,
    pathEffects(path, name) {
      const key = `${path}: ${name}`, found = to.paths.get(key) ?? fresh();
      to.paths.set(key, found);
      return found;
    },
  };
  let first = 0;
  for (const group of inGroups(pictures, together)) {
    study.signal?.throwIfAborted();
    const seen = await readPictures(study.dataset, group);
    const clean = await measureGroup(input, to, seen, first);
    for (const { says } of clean) spread.add(says);
    first += seen.length;
  }
  delete input.live.now;
  return { ...to, places: count, sd: spread.sd() };
}

/** What is measured, while it is. */
export interface MeasuredSoFar {
  /** How predictions lie over cells. */
  readonly places: Places;
  /** As in {@linkcode Measured}. */
  readonly effects: Map<Condition, Effects>;
  /** As in {@linkcode Measured}. */
  readonly paths: Map<string, Effects>;
  /** As in {@linkcode Measured}. */
  readonly maps: Map<Condition | "clean", Float64Array>;
  /** As in {@linkcode Measured}. */
  tap: string | undefined;
  /** As in {@linkcode Measured}. */
  refusal?: string;
  /** As in {@linkcode Measured}. */
  resumes: number;
  /** The effects of an edit by one path, none at first. */
  pathEffects(path: string, name: string): Effects;
}

async function measureGroup(
  input: MeasureInput,
  to: MeasuredSoFar,
  seen: readonly StudyPicture[],
  first: number,
): Promise<CleanPicture[]> {
  const { study, model, conditions, live, mapped } = input;
  const { x, resume } = await pausedAt(input, to, seen);
  const clean = cleanPictures(await resume(), seen, to.places, input);
  live.now = { first, x, clean, kept: new Map() };
  if (first === 0) {
    to.maps.set("clean", clean[0]!.cells);
    if (input.paths.size > 0) {
      to.tap = await tapOf(model, study.hook, seen[0]!.image);
    }
  }
  const record: Record = (condition, picture, says) => {
    const from = clean[picture - first]!, own = to.effects.get(condition)!;
    addEffect(own, condition, picture, says, from, to.places);
    if (picture === 0 && mapped.has(condition)) {
      to.maps.set(condition, meansOfCells(says, to.places));
    }
  };
  const total = input.pictures.length * conditions.length;
  await runConditions(
    conditions,
    { x, first, resume },
    record,
    (least) =>
      study.report?.({
        text: "editing",
        done: first * conditions.length + least * seen.length,
        total,
      }),
  );
  if (to.tap !== undefined && to.refusal === undefined) {
    try {
      await runPaths(input, to, to.tap, seen);
    } catch (error) {
      if ((error as Error)?.name !== "ConfigError") throw error;
      to.refusal = (error as Error).message;
      to.paths.clear();
    }
  }
  return clean;
}

interface PausedAtHook {
  readonly x: HostTensor;
  resume(edited?: HostTensor): Promise<Float32Array>;
}

async function pausedAt(
  { study: { hook: { name }, signal }, model: { encoder, prediction } }:
    MeasureInput,
  to: MeasuredSoFar,
  seen: readonly StudyPicture[],
): Promise<PausedAtHook> {
  const images = seen.map(({ image }) => image);
  const paused: Paused = await encoder.pause(images, [name]);
  const wanted = [prediction.hook];
  return {
    x: paused.activations[name]!,
    async resume(edited) {
      signal?.throwIfAborted();
      to.resumes++;
      const given = edited && { [name]: edited };
      return (await paused.resume(given, wanted))[prediction.hook]!.data;
    },
  };
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

/** The standard deviation of numbers that come a few at a time, about the first of them. */
function runningSpread() {
  let n = 0, origin = 0, sum = 0, squares = 0;
  return {
    add(values: Float32Array): void {
      if (n === 0) origin = values[0] ?? 0;
      for (const value of values) {
        sum += value - origin;
        squares += (value - origin) ** 2;
      }
      n += values.length;
    },
    sd: () => Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2)),
  };
}
