/**
 * Random directions that are like a given one, as controls of edits along it.
 *
 * @module
 */
import { type Random, randomFrom } from "../../../../mod.ts";
import type { Control } from "./intervention.ts";

/** A direction of length 1. */
export type Direction = Float32Array;

/** Random directions, and how much patches vary along each. */
export interface Candidates {
  /** Of length 1. */
  readonly directions: readonly Direction[];
  /** Variance of the patches along each. */
  readonly variances: Float64Array;
  /** Variance of the patches along any direction. */
  varianceAlong(direction: ArrayLike<number>): number;
}

/** `count` random directions, uniform over the sphere. */
export function directionsByChance(
  width: number,
  count: number,
  ...keys: readonly number[]
): Direction[] {
  const random = randomFrom(...keys);
  return Array.from({ length: count }, () => isotropic(width, random));
}

function isotropic(width: number, random: Random): Direction {
  return unit(Float64Array.from({ length: width }, () => random.normal()));
}

function unit(values: Float64Array): Direction {
  const norm = Math.sqrt(dot(values, values));
  return Float32Array.from(values, (value) => value / (norm || 1));
}

/** Number of candidates. */
const tried = 240;

/**
 * Random directions, from uniform ones to those along which patches,
 * `[patches, width]`, vary most: mixtures of `Cᵖ g` for neighbouring powers
 * p = 0 … 3, where `C` is the covariance of the patches and `g` is normal.
 */
export function candidates(
  patches: Float32Array,
  width: number,
  seed: number,
): Candidates {
  const rows = centred(patches, width);
  const random = randomFrom(seed, 51);
  const directions = Array.from({ length: tried }, (_, i) => {
    const share = 3 * i / tried, power = Math.floor(share);
    let low: Direction = isotropic(width, random);
    for (let p = 0; p < power; p++) low = covarianceTimes(rows, width, low);
    const high = covarianceTimes(rows, width, low), t = share - power;
    return unit(Float64Array.from(low, (x, d) => (1 - t) * x + t * high[d]!));
  });
  const varianceAlong = (direction: ArrayLike<number>): number => {
    const norm = dot(direction, direction);
    let sum = 0;
    for (const row of rows) sum += dot(row, direction) ** 2;
    return sum / rows.length / norm;
  };
  const variances = Float64Array.from(directions, varianceAlong);
  return { directions, variances, varianceAlong };
}

function centred(patches: Float32Array, width: number): Float64Array[] {
  const count = patches.length / width;
  const mean = new Float64Array(width);
  patches.forEach((x, i) => mean[i % width]! += x / count);
  return Array.from(
    { length: count },
    (_, row) => mean.map((mean, d) => patches[row * width + d]! - mean),
  );
}

/** The covariance times a direction, scaled to length 1. */
function covarianceTimes(
  rows: readonly Float64Array[],
  width: number,
  direction: Direction,
): Direction {
  const out = new Float64Array(width);
  for (const row of rows) {
    const along = dot(row, direction);
    for (let d = 0; d < width; d++) out[d]! += along * row[d]!;
  }
  return unit(out);
}

/** A candidate with a larger |cosine| to `direction` is no control of it. */
const mostAlike = 0.5;

/** The `count` candidates whose variance is nearest to that along `direction`. */
export function likeInVariance(
  { directions, variances, varianceAlong }: Candidates,
  direction: ArrayLike<number>,
  count: number,
): Direction[] {
  const own = Math.log(varianceAlong(direction) + Number.MIN_VALUE);
  const norm = Math.sqrt(dot(direction, direction));
  const far = (i: number) =>
    Math.abs(Math.log(variances[i]! + Number.MIN_VALUE) - own);
  return [...directions.keys()]
    .filter((i) => Math.abs(dot(directions[i]!, direction)) <= mostAlike * norm)
    .sort((a, b) => far(a) - far(b) || a - b)
    .slice(0, count).map((i) => directions[i]!);
}

/** A random direction that is like another. */
export interface ControlDirection extends Pick<Control, "kind" | "likeness"> {
  /** Of length 1. */
  readonly direction: Direction;
}

/** Random directions, half of them uniform, half of them of equal variance. */
export function controlDirections(
  direction: ArrayLike<number>,
  { candidates, controls }: {
    readonly candidates: Candidates;
    readonly controls: number;
  },
  ...keys: readonly number[]
): ControlDirection[] {
  const any = Math.ceil(controls / 2);
  const own = candidates.varianceAlong(direction);
  const of = (kind: Control["kind"], directions: readonly Direction[]) =>
    directions.map((direction) => ({
      kind,
      direction,
      likeness: candidates.varianceAlong(direction) / own,
    }));
  return [
    ...of(
      "directions of equal norm",
      directionsByChance(direction.length, any, ...keys),
    ),
    ...of(
      "directions of equal variance",
      likeInVariance(candidates, direction, controls - any),
    ),
  ];
}

/** The inner product, in float64. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
