/**
 * What was found of one target, its controls beside it.
 *
 * @module
 */
import {
  type Draws,
  estimateOf,
  isAboveZero,
  type Metric,
  quantity,
  type Statistic,
} from "../../../mod.ts";
import type { MainTarget } from "../study/target.ts";
import { findReadings, hooksOf, placeOf, type Sought } from "./find_reading.ts";
import type { Measured } from "./measure.ts";
import { largestOf, less, meanOf, partialR2, r2Of } from "./score.ts";

/** What is found of one target. */
export type Finding = Readonly<NonNullable<ReturnType<typeof findingOf>>>;

/** What was measured, and how sure it is. */
export interface Evidence {
  /** Of the model. */
  readonly measured: Measured;
  /** Of the same network with random weights, once for each seed. */
  readonly random: readonly Measured[];
  /** How intervals are drawn. */
  readonly draws: Draws;
}

/** What is found of a target; nothing where it does not vary. */
export function findingOf(
  target: MainTarget,
  evidence: Evidence,
) {
  const hook = evidence.measured.best[target.name];
  if (hook === undefined) return undefined;
  const numbers = numbersAt(hook, target, evidence);
  return {
    target,
    /** The hook that reads it best beyond position. */
    hook,
    /** What was measured there, by the names of metrics; NaN where something cannot be. */
    numbers,
    /** How far behind every other hook is. */
    differences: differencesOf(target.name, hook, evidence),
    /** Whether the hook holds the target beyond position, its controls allowing it. */
    isShown: isShown(numbers, evidence.random.length > 0),
  };
}

function numbersAt(
  hook: string,
  { name: target, measured: what }: MainTarget,
  { measured, random, draws }: Evidence,
) {
  const tokens: Sought = { kind: "tokens", hook, hasPlace: false, target };
  const withPlace = { ...tokens, hasPlace: true };
  const [alone] = findReadings(measured, tokens);
  const [placed] = findReadings(measured, withPlace);
  const [pixels] = findReadings(measured, { ...withPlace, kind: "pixels" });
  const place = placeOf(measured, placed!)!;
  const shuffled = findReadings(measured, { ...withPlace, labels: "across" })
    .map((reading) => partialR2(reading, placeOf(measured, reading)!));
  const control = findReadings(measured, {
    ...tokens,
    target: "control_task",
    labels: "control",
  }).map((reading) => r2Of(reading));
  const ofRandom = largestOf(
    random.flatMap((other) => findReadings(other, withPlace))
      .map((reading) => partialR2(reading, place)),
  );
  const r2 = r2Of(alone!), partial = partialR2(placed!, place);
  const number = (of: Statistic, meaning: string): Metric => ({
    ...estimateOf(of, draws),
    meaning,
  });
  return {
    best_r2: number(
      r2,
      `share of the variance of ${what} that a linear probe reads from the tokens at ${hook}, the best hook`,
    ),
    best_partial_r2: number(
      partial,
      `share that the tokens at ${hook} explain of what a cell's place leaves of ${what}; 0 is nothing beyond position`,
    ),
    position_r2: number(
      r2Of(place),
      `share of the variance of ${what} that the place of a cell alone explains`,
    ),
    pixels_r2: number(
      r2Of(pixels!),
      "share of it that colours, their spread and their gradient in a cell explain with its place",
    ),
    shuffled_partial_r2: number(
      largestOf(shuffled),
      `the same as best_partial_r2 for ${what} of another picture, the largest of the shuffles: 0 or below when nothing leaks`,
    ),
    random_partial_r2: number(
      ofRandom,
      "the same as best_partial_r2 with random weights, the largest of the seeds",
    ),
    over_random: number(
      less(partial, ofRandom),
      "best_partial_r2 less random_partial_r2, on the same draws of pictures",
    ),
    selectivity: number(
      less(r2, meanOf(control)),
      "best_r2 less the R² of a control task there, a number drawn for each colour of cell (arXiv:1909.03368)",
    ),
    inside_r2: number(
      r2Of(alone!, "inside"),
      "best_r2 over the cells away from edges of things",
    ),
    edges_r2: number(
      r2Of(alone!, "edges"),
      "best_r2 over the cells at edges of things",
    ),
  };
}

/** For each other hook R² with the place at the best hook less that there, paired. */
function differencesOf(
  target: string,
  best: string,
  { measured, draws }: Evidence,
) {
  const r2 = (hook: string): Statistic => {
    const sought = { kind: "tokens", hook, hasPlace: true, target } as const;
    return r2Of(findReadings(measured, sought)[0]!);
  };
  return hooksOf(measured).filter((hook) => hook !== best).map((hook) => ({
    hook,
    behind: estimateOf(less(r2(best), r2(hook)), draws),
  }));
}

/** Whether intervals are above 0 and no control does as well. */
function isShown(
  { best_r2, best_partial_r2, shuffled_partial_r2, over_random }: ReturnType<
    typeof numbersAt
  >,
  hasRandom: boolean,
): boolean {
  return isAboveZero(best_r2) && isAboveZero(best_partial_r2) &&
    !(shuffled_partial_r2.value >= best_partial_r2.value) &&
    (!hasRandom || isAboveZero(over_random));
}

/** The metrics of a finding; those that cannot be measured are left out. */
export function metricsOf(
  { target, numbers }: Finding,
): Record<string, Metric> {
  const all = Object.entries(numbers).map(([name, metric]) =>
    quantity(`where_${target.short}_${name}`, metric, metric.meaning)
  );
  return Object.assign({}, ...all);
}

/** The hooks that are not told apart from the best one. */
export function rivalsOf({ differences }: Finding): string[] {
  return differences.filter(({ behind }) => !isAboveZero(behind))
    .map(({ hook }) => hook);
}
