/**
 * Each edit beside its controls.
 *
 * @module
 */
import {
  type ClusteredDraws,
  type Estimate,
  ratioOfSums,
} from "../../../../mod.ts";
import {
  compare,
  type Comparison,
  movedOf,
  type Scale,
  sizesOf,
} from "./compare.ts";
import { type Effects, meanKnown } from "./effects.ts";
import type { Control, Intervention } from "./intervention.ts";
import type { Measured } from "./measured.ts";
import { type MeasuredEdit, type Size, sizeOf } from "./size.ts";

/** An edit and what it did. */
export interface Finding
  extends Omit<Intervention, "controls">, MeasuredEdit, Size {
  /** Its controls and what they did. */
  readonly controls: readonly (Control & MeasuredEdit)[];
  /** Mean |Δ| beside that of all controls. */
  readonly against: Comparison;
  /** Whether it clears each kind of its controls. */
  readonly clears: boolean;
  /** Mean change of the errors against the truth. */
  readonly truth: Readonly<Record<"absRel" | "delta1" | "spearman", number>>;
  /** Share of the way to the change it is meant to make, beside that of the controls; only of swaps. */
  readonly moved?: Comparison;
  /** Pictures in which the prediction changes. */
  readonly images: number;
}

/** Everything found. */
export interface Findings {
  /** The units of effects. */
  readonly scale: Scale;
  /** Edits of all patches, of groups of latents and along the probe's direction. */
  readonly wholes: readonly Finding[];
  /** Patching between near and far. */
  readonly swaps: readonly Finding[];
  /** The ablation of each latent asked about. */
  readonly asked: readonly Finding[];
  /** Their steering. */
  readonly doses: readonly Finding[];
  /** The ablation of every latent that was measured, those asked about first. */
  readonly ablations: readonly Finding[];
  /** The dose–response of each latent. */
  readonly slopes: ReadonlyMap<number, Slope>;
  /** The followed edits, by each path. */
  readonly paths: readonly PathFinding[];
}

/** A dose–response. */
export interface Slope {
  /** Change of the prediction in the steered patches, in standard deviations, for a dose of 1. */
  readonly slope: Estimate;
  /** Whether the prediction goes one way from the smallest dose to the largest. */
  readonly isMonotone: boolean;
}

/** The effect of an edit by one path. */
export interface PathFinding extends Size {
  /** The path. */
  readonly path: string;
  /** What is done. */
  readonly name: string;
  /** Its effect over that by both paths. */
  readonly share: number;
}

/** Compares each edit with its controls. */
export function findingsOf(
  interventions: readonly Intervention[],
  measured: Measured,
  draws: ClusteredDraws,
): Findings {
  const { sd, places: { cellOf } } = measured;
  const scale: Scale = { ...draws, sd, places: cellOf.length };
  const all = interventions.map((each) => finding(each, measured, scale));
  const by = (role: Intervention["role"]) =>
    all.filter((each) => each.role === role);
  const asked = by("ablation"), doses = by("dose");
  return {
    scale,
    wholes: by("whole"),
    swaps: by("swap"),
    asked,
    doses,
    ablations: [...asked, ...by("other")],
    slopes: new Map(
      [...Map.groupBy(doses, ({ latent }) => latent!)]
        .map(([latent, own]) => [latent, slopeOf(own, scale)]),
    ),
    paths: pathFindings(measured, scale),
  };
}

/** Smaller effects are float32 rounding. */
const leastSize = 1e-6;

function finding(
  intervention: Intervention,
  { effects: all }: Measured,
  scale: Scale,
): Finding {
  const measured = <T extends Pick<MeasuredEdit, "condition">>(edit: T) => ({
    ...edit,
    effects: all.get(edit.condition)!,
  });
  const own = measured(intervention), { condition, effects } = own;
  const controls = intervention.controls.map(measured);
  const kinds = Map.groupBy(controls, ({ kind }) => kind);
  const against = (
    measure: (of: Effects) => Float64Array,
    some: readonly MeasuredEdit[] = controls,
  ) =>
    compare(
      measure(effects),
      some.map(({ effects }) => measure(effects)),
      scale,
    );
  const measure = condition.hoped
    ? movedOf
    : (of: Effects) => sizesOf(of, scale);
  const clears = kinds.size > 0 &&
    [...kinds.values()].every((some) => against(measure, some).clears);
  const size = sizeOf(own, scale);
  return {
    ...own,
    ...size,
    controls,
    against: against((of) => sizesOf(of, scale)),
    clears: clears && size.effect.value > leastSize,
    truth: {
      absRel: meanKnown(effects.absRel),
      delta1: meanKnown(effects.delta1),
      spearman: meanKnown(effects.spearman),
    },
    ...condition.hoped && { moved: against(movedOf) },
    images: effects.absolute.filter((sum) => sum > 0).length,
  };
}

/** Fits a line through the origin to the changes in the steered patches. */
function slopeOf(doses: readonly Finding[], scale: Scale): Slope {
  const squares = doses.reduce((sum, { dose }) => sum + dose ** 2, 0);
  const above = new Float64Array(scale.clusters.length), below = above.slice();
  for (const { dose, effects: { signedInside, placesInside } } of doses) {
    signedInside.forEach((sum, i) => {
      above[i]! += dose * sum / scale.sd / squares;
      below[i] = placesInside[i]!;
    });
  }
  const points = [...doses, { dose: 0, signed: 0 }]
    .toSorted((a, b) => a.dose - b.dose).map(({ signed }) => signed);
  const steps = points.slice(1).map((y, i) => Math.sign(y - points[i]!));
  return {
    slope: ratioOfSums(above, below, scale),
    isMonotone: steps.every((step) => step === steps[0] && step !== 0),
  };
}

function pathFindings({ paths }: Measured, scale: Scale): PathFinding[] {
  const both = new Map<string, number>();
  return paths.map(({ path, name, ...measured }) => {
    const size = sizeOf(measured, scale), { value } = size.effect;
    if (path === "both") both.set(name, value);
    return { path, name, ...size, share: value / both.get(name)! };
  });
}
