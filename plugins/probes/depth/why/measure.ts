/**
 * Measures what each edit does to the model's own depth.
 *
 * @module
 */
import { type HostTensor, inGroups } from "../../../../mod.ts";
import { readPictures, type StudyPicture } from "../../study/pictures.ts";
import { runPaths, tapOf } from "./causal_paths.ts";
import { type CleanPicture, cleanPictures } from "./clean_picture.ts";
import { type Condition, type Record, runConditions } from "./condition.ts";
import { addEffect } from "./effects.ts";
import { conditionsOf } from "./intervention.ts";
import {
  freshEffects,
  type Measured,
  type MeasureInput,
  type PathEffects,
  paths,
} from "./measured.ts";
import { pausedAt } from "./paused_at.ts";
import { meansOfCells, placesOver } from "./places.ts";

/** How many pictures the model is paused on at once, which bounds the memory. */
const together = 4;

/** Measures every edit on every picture, a few pictures at a time. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { study, model, pictures, interventions } = input;
  const places = placesOver(study.hook, model.at, model.prediction);
  const conditions = conditionsOf(interventions), spread = runningSpread();
  const to: Measured = {
    places,
    effects: new Map(
      conditions.map((each) => [each, freshEffects(input, places)]),
    ),
    maps: new Map(),
    paths: [],
    sd: NaN,
    resumes: 0,
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
  to.sd = spread.sd();
  return to;
}

async function measureGroup(
  input: MeasureInput,
  to: Measured,
  seen: readonly StudyPicture[],
  first: number,
): Promise<CleanPicture[]> {
  const { study, model: { prediction } } = input, { name } = study.hook;
  const { activations, resume } = await pausedAt([name], input, to, seen);
  const x = activations[name]!;
  const says = async (x?: HostTensor) =>
    (await resume(x && { [name]: x }, prediction.hook)).data;
  const clean = cleanPictures(await says(), seen, to.places, study);
  input.live.now = { first, x, clean, kept: new Map() };
  if (first === 0) await startPaths(input, to, seen[0]!, clean[0]!);
  const conditions = [...to.effects.keys()];
  const total = input.pictures.length * conditions.length;
  await runConditions(
    conditions,
    { x, first, resume: says },
    recorder(input, to, clean, first),
    (least) =>
      study.report?.({
        text: "editing",
        done: first * conditions.length + least * seen.length,
        total,
      }),
  );
  await measurePaths(input, to, seen);
  return clean;
}

/** Keeps what the model says of the first picture, and looks for the tap with it. */
async function startPaths(
  input: MeasureInput,
  to: Measured,
  { image }: StudyPicture,
  { cells }: CleanPicture,
): Promise<void> {
  to.maps.set("clean", cells);
  const followed = input.interventions.filter(({ isFollowed }) => isFollowed);
  if (followed.length === 0) return;
  to.tap = await tapOf(input.model, input.study.hook, image);
  if (to.tap === undefined) return;
  to.paths = followed.flatMap(({ name, condition }) =>
    paths.map((path): PathEffects => ({
      path,
      name,
      condition,
      effects: freshEffects(input, to.places),
    }))
  );
}

/** Adds the effects of edits on the paused pictures. */
function recorder(
  { interventions }: MeasureInput,
  { effects, maps, places }: Measured,
  clean: readonly CleanPicture[],
  first: number,
): Record {
  const names = new Map<Condition, string>(
    interventions.filter(({ isFollowed }) => isFollowed)
      .map(({ condition, name }) => [condition, name]),
  );
  return (condition, picture, says) => {
    const from = clean[picture - first]!, own = effects.get(condition)!;
    addEffect(own, condition, picture, says, from, places);
    const name = names.get(condition);
    if (picture === 0 && name !== undefined) {
      maps.set(name, meansOfCells(says, places));
    }
  };
}

/** Measures the paths, until the encoder refuses to. */
async function measurePaths(
  input: MeasureInput,
  to: Measured,
  seen: readonly StudyPicture[],
): Promise<void> {
  if (to.tap === undefined || to.refusal !== undefined) return;
  try {
    await runPaths(input, to, to.tap, seen);
  } catch (error) {
    if ((error as Error)?.name !== "ConfigError") throw error;
    to.refusal = (error as Error).message;
    to.paths = [];
  }
}

/** The standard deviation of numbers that arrive in parts, with sums about the first number against cancellation. */
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
