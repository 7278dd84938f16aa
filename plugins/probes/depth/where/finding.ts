/**
 * What was measured of a model and of ones with random weights in, what that
 * shows of one target out.
 *
 * @module
 */
import type { MainTarget } from "./columns.ts";
import { findReadings, hooksOf, placeOf, type Sought } from "./find_reading.ts";
import type { Measured } from "./measure.ts";
import {
  type Draws,
  largestOf,
  less,
  meanOf,
  partialR2,
  r2Of,
  type Score,
  scoreOf,
  type Statistic,
} from "./score.ts";

/** A hook beside the best one. */
export interface Difference {
  /** The hook. */
  readonly hook: string;
  /** R² with the place at the best hook less that here, paired. */
  readonly behind: Score;
}

/** What is found of one target. */
export interface Finding {
  /** The target. */
  readonly target: MainTarget;
  /** The hook that reads it best beyond position. */
  readonly hook: string;
  /** R² of the tokens alone there. */
  readonly r2: Score;
  /** Share that tokens explain of what position leaves. */
  readonly partial: Score;
  /** R² of position alone. */
  readonly position: Score;
  /** R² of pixels and position. */
  readonly pixels: Score;
  /** R² of the tokens over the cells away from edges. */
  readonly inside: Score;
  /** R² of the tokens over the cells at edges. */
  readonly edges: Score;
  /** The largest partial R² of a target shuffled across pictures. */
  readonly shuffled: Score;
  /** R² of the tokens less that of the control task. */
  readonly selectivity: Score;
  /** The largest partial R² at that hook with random weights. */
  readonly random: Score;
  /** Partial R² less that, paired. */
  readonly overRandom: Score;
  /** Every other hook. */
  readonly differences: readonly Difference[];
  /** Whether the hook holds depth beyond position, its controls allowing it. */
  readonly isShown: boolean;
}

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
  { measured, random, draws }: Evidence,
): Finding | undefined {
  const hook = measured.best[target];
  if (hook === undefined) return undefined;
  const score = (of: Statistic) => scoreOf(of, draws);
  const tokens: Sought = { kind: "tokens", hook, hasPlace: false, target };
  const [alone] = findReadings(measured, tokens);
  const [placed] = findReadings(measured, { ...tokens, hasPlace: true });
  const place = placeOf(measured, placed!)!;
  const [pixels] = findReadings(measured, {
    ...tokens,
    kind: "pixels",
    hasPlace: true,
  });
  const partial = partialR2(placed!, place);
  const shuffled = findReadings(measured, {
    ...tokens,
    hasPlace: true,
    labels: "across",
  }).map((reading) => partialR2(reading, placeOf(measured, reading)!));
  const control = findReadings(measured, {
    ...tokens,
    target: "control_task",
    labels: "control",
  }).map((reading) => r2Of(reading));
  const ofRandom = largestOf(
    random.flatMap((other) =>
      findReadings(other, { ...tokens, hasPlace: true })
        .map((reading) => partialR2(reading, place))
    ),
  );
  const found = {
    target,
    hook,
    r2: score(r2Of(alone!)),
    partial: score(partial),
    position: score(r2Of(place)),
    pixels: score(r2Of(pixels!)),
    inside: score(r2Of(alone!, "inside")),
    edges: score(r2Of(alone!, "edges")),
    shuffled: score(largestOf(shuffled)),
    selectivity: score(less(r2Of(alone!), meanOf(control))),
    random: score(ofRandom),
    overRandom: score(less(partial, ofRandom)),
    differences: differencesOf(target, hook, { measured, random, draws }),
  };
  return { ...found, isShown: isShown(found, random.length > 0) };
}

/** How far behind the best hook each of the others is. */
function differencesOf(
  target: MainTarget,
  best: string,
  { measured, draws }: Evidence,
): Difference[] {
  const r2 = (hook: string): Statistic => {
    const sought = { kind: "tokens", hook, hasPlace: true, target } as const;
    return r2Of(findReadings(measured, sought)[0]!);
  };
  return hooksOf(measured).filter((hook) => hook !== best).map((hook) => ({
    hook,
    behind: scoreOf(less(r2(best), r2(hook)), draws),
  }));
}

/** Whether intervals are above 0 and no control does as well. */
function isShown(
  { r2, partial, shuffled, overRandom }: Pick<
    Finding,
    "r2" | "partial" | "shuffled" | "overRandom"
  >,
  hasRandom: boolean,
): boolean {
  return isAbove(r2) && isAbove(partial) &&
    !(shuffled.value >= partial.value) && (!hasRandom || isAbove(overRandom));
}

/** Whether all of an interval is above 0. */
export function isAbove({ low }: Score): boolean {
  return low !== undefined && low > 0;
}

/** The hooks that are not told apart from the best one. */
export function rivalsOf({ differences }: Finding): string[] {
  return differences.filter(({ behind }) => !isAbove(behind))
    .map(({ hook }) => hook);
}
