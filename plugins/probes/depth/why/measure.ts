/**
 * Conditions and pictures in, what each does to the model's own depth out.
 *
 * @module
 */
import { type HostTensor, inGroups, type Paused } from "../../../../mod.ts";
import { readPictures, type StudyPicture } from "../../study/pictures.ts";
import {
  cleanPictures,
  type Measured,
  type MeasuredSoFar,
  type MeasureInput,
} from "./clean.ts";
import { type Record, runConditions } from "./condition.ts";
import {
  addEffect,
  type CleanPicture,
  meansOfCells,
  noEffects,
  placesOver,
} from "./effects.ts";
import { runPaths, tapOf } from "./causal_paths.ts";

/** Pictures that the model is paused on at once: no more are in memory. */
export const together = 4;

/** Measures every condition on every picture, a few pictures after the others. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { study, pictures, conditions } = input;
  const places = placesOver(study.hook, input.model.at, input.model.prediction);
  const count = places.cellOf.length, spread = runningSpread();
  const fresh = () => noEffects(pictures.length, count, study.truth);
  const to: MeasuredSoFar = {
    places,
    effects: new Map(conditions.map((each) => [each, fresh()])),
    paths: [],
    maps: new Map(),
    tap: undefined,
    resumes: 0,
    fresh,
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
      to.paths = [];
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
