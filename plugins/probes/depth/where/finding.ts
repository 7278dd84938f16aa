/**
 * What was found of one target, its controls beside it.
 *
 * @module
 */
import {
  type Draws,
  type Estimate,
  estimateOf,
  isAboveZero,
  type Statistic,
} from "../../../../mod.ts";
import type { MainTarget } from "../study/target.ts";
import { findReadings, hooksOf, placeOf, type Sought } from "./find_reading.ts";
import type { Measured } from "./measure.ts";
import { largestOf, less, meanOf, partialR2, r2Of } from "./score.ts";

/** A hook beside the best one. */
export interface Difference {
  /** The hook. */
  readonly hook: string;
  /** R² with the place at the best hook less that here, paired. */
  readonly behind: Estimate;
}

/** What is found of one target. */
export interface Finding {
  /** The target. */
  readonly target: MainTarget;
  /** The hook that reads it best beyond position. */
  readonly hook: string;
  /** R² of the tokens alone there. */
  readonly r2: Estimate;
  /** Share that tokens explain of what position leaves. */
  readonly partial: Estimate;
  /** R² of position alone. */
  readonly position: Estimate;
  /** R² of pixels and position. */
  readonly pixels: Estimate;
  /** R² of the tokens over the cells away from edges. */
  readonly inside: Estimate;
  /** R² of the tokens over the cells at edges. */
  readonly edges: Estimate;
  /** The largest partial R² of a target shuffled across pictures. */
  readonly shuffled: Estimate;
  /** R² of the tokens less that of the control task. */
  readonly selectivity: Estimate;
  /** The largest partial R² at that hook with random weights. */
  readonly random: Estimate;
  /** Partial R² less that, paired. */
  readonly overRandom: Estimate;
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
  const { name } = target, hook = measured.best[name];
  if (hook === undefined) return undefined;
  const score = (of: Statistic) => estimateOf(of, draws);
  const tokens: Sought = {
    kind: "tokens",
    hook,
    hasPlace: false,
    target: name,
  };
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
    differences: differencesOf(name, hook, { measured, random, draws }),
  };
  return { ...found, isShown: isShown(found, random.length > 0) };
}

/** How far behind the best hook each of the others is. */
function differencesOf(
  target: string,
  best: string,
  { measured, draws }: Evidence,
): Difference[] {
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
  { r2, partial, shuffled, overRandom }: Pick<
    Finding,
    "r2" | "partial" | "shuffled" | "overRandom"
  >,
  hasRandom: boolean,
): boolean {
  return isAboveZero(r2) && isAboveZero(partial) &&
    !(shuffled.value >= partial.value) &&
    (!hasRandom || isAboveZero(overRandom));
}

/** The hooks that are not told apart from the best one. */
export function rivalsOf({ differences }: Finding): string[] {
  return differences.filter(({ behind }) => !isAboveZero(behind))
    .map(({ hook }) => hook);
}
