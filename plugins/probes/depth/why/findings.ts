/**
 * What was measured in, each edit beside its controls out.
 *
 * @module
 */
import {
  compare,
  type Comparison,
  type Estimate,
  ratio,
  type Scale,
  sizesOf,
} from "./compare.ts";
import type { Condition } from "./condition.ts";
import type { Effects } from "./effects.ts";
import type { Measured } from "./clean.ts";
import type { Plan } from "./plan.ts";
import type { Compared, ControlKind } from "./compared.ts";

/** An edit and what it did. */
export interface Finding extends Compared {
  /** The latent, where it is of one. */
  readonly latent?: number;
  /** Mean |Δ| beside that of the controls, all kinds together. */
  readonly size: Comparison;
  /** Whether it clears each kind of its controls by itself. */
  readonly clears: boolean;
  /** Mean |Δ| in the patches that were edited; NaN where all were. */
  readonly inside: number;
  /** In the others. */
  readonly outside: number;
  /** Mean Δ in the patches that were edited, in all of them where all were. */
  readonly signed: number;
  /** What the errors against the truth change by, the mean over pictures. */
  readonly truth: Readonly<Record<"absRel" | "delta1" | "spearman", number>>;
  /** Share of the way that the prediction goes to what is hoped; NaN where nothing is. */
  readonly moved?: Comparison;
  /** Pictures in which something is edited. */
  readonly images: number;
}

/** Everything found. */
export interface Findings {
  /** What effects were divided by. */
  readonly scale: Scale;
  /** Edits of all patches, of groups of latents and along the probe's direction. */
  readonly wholes: readonly Finding[];
  /** Patching between near and far. */
  readonly swaps: readonly Finding[];
  /** The ablation of each latent asked about. */
  readonly asked: readonly Finding[];
  /** Their steering. */
  readonly doses: readonly Finding[];
  /** Mean |Δ| of the ablation of each latent that was measured. */
  readonly ablations: ReadonlyMap<number, Estimate>;
  /** How much a dose moves its own patches, by latent. */
  readonly slopes: ReadonlyMap<number, Slope>;
}

/** A dose–response. */
export interface Slope {
  /** Change of the prediction in its standard deviations for one of the dose, in the patches that are steered. */
  readonly slope: Estimate;
  /** Whether it goes one way from the least dose to the largest. */
  readonly isMonotone: boolean;
}

/** Puts each edit beside its controls. */
export function findingsOf(
  { wholes, swaps, latents }: Plan,
  measured: Measured,
  { clusters, seed }: Pick<Scale, "clusters" | "seed">,
): Findings {
  const scale = { clusters, seed, sd: measured.sd, places: measured.places };
  const of = (compared: Compared) => finding(compared, measured, scale);
  const doses = (latents?.doses ?? []).map(of);
  return {
    scale,
    wholes: wholes.map(of),
    swaps: swaps.map(of),
    asked: (latents?.asked ?? []).map(of),
    doses,
    ablations: new Map(
      Array.from(latents?.ablations ?? [], ([latent, condition]) => {
        const own = sizesOf(measured.effects.get(condition)!, scale);
        return [latent, ratio(own, undefined, scale)] as const;
      }),
    ),
    slopes: new Map(
      [...Map.groupBy(doses, ({ latent }) => latent!)]
        .map(([latent, own]) => [latent, slopeOf(own, measured, scale)]),
    ),
  };
}

/** What is less is rounding of float32 on the way. */
const leastSize = 1e-6;

function finding(
  compared: Compared,
  { effects }: Measured,
  scale: Scale,
): Finding {
  const { condition, controls } = compared, own = effects.get(condition)!;
  const ofAll = (measure: (of: Effects) => Float64Array) => {
    const against = (kind?: ControlKind) =>
      compare(
        measure(own),
        controls.filter((control) => !kind || control.kind === kind)
          .map(({ condition }) => measure(effects.get(condition)!)),
        scale,
      );
    const kinds = [...new Set(controls.map(({ kind }) => kind))];
    return {
      all: against(),
      clears: kinds.length > 0 && kinds.every((kind) => against(kind).clears),
    };
  };
  const size = ofAll((of) => sizesOf(of, scale));
  const moved = condition.hoped && ofAll(movedOf);
  return {
    ...compared,
    size: size.all,
    clears: (moved ?? size).clears && size.all.effect.value > leastSize,
    ...parts(own, condition, scale),
    truth: {
      absRel: meanKnown(own.absRel),
      delta1: meanKnown(own.delta1),
      spearman: meanKnown(own.spearman),
    },
    ...moved && { moved: moved.all },
    images: own.absolute.filter((sum) => sum > 0).length,
  };
}

/** Share of the way, picture by picture: `Σ Δ · hoped / Σ hoped²`. */
export function movedOf({ moved, hoped }: Effects): Float64Array {
  return moved.map((sum, i) => hoped[i]! > 0 ? sum / hoped[i]! : NaN);
}

function parts(
  own: Effects,
  { own: isOfSome }: Condition,
  { sd, places }: Scale,
) {
  const total = (of: Float64Array) => of.reduce((sum, x) => sum + x, 0);
  const inside = total(own.placesInside), outside = total(own.placesOutside);
  const all = own.absolute.length * places;
  return {
    inside: isOfSome ? total(own.inside) / inside / sd : NaN,
    outside: isOfSome ? total(own.outside) / outside / sd : NaN,
    signed: isOfSome
      ? total(own.signedInside) / inside / sd
      : total(own.signed) / all / sd,
  };
}

/** The mean of what is known; NaN of nothing. */
export function meanKnown(values: ArrayLike<number>): number {
  const known = Array.from(values).filter((x) => !Number.isNaN(x));
  return known.reduce((sum, x) => sum + x, 0) / known.length;
}

/** The line through no dose and no change that fits best, over the patches that are steered. */
function slopeOf(
  doses: readonly Finding[],
  { effects }: Measured,
  scale: Scale,
): Slope {
  const squares = doses.reduce((sum, { dose }) => sum + dose ** 2, 0);
  const above = new Float64Array(scale.clusters.length), below = above.slice();
  for (const { dose, condition } of doses) {
    const { signedInside, placesInside } = effects.get(condition)!;
    signedInside.forEach((sum, i) => {
      above[i]! += dose * sum / scale.sd / squares;
      below[i] = placesInside[i]!;
    });
  }
  const points = [...doses, { dose: 0, signed: 0 }]
    .toSorted((a, b) => a.dose - b.dose).map(({ signed }) => signed);
  const steps = points.slice(1).map((y, i) => Math.sign(y - points[i]!));
  return {
    slope: ratio(above, below, scale),
    isMonotone: steps.every((step) => step === steps[0] && step !== 0),
  };
}
