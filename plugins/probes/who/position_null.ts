/**
 * The null hypothesis that latents know only the place in the picture.
 *
 * @module
 */
import {
  permutation,
  type Random,
  randomFrom,
  shareAtLeast,
} from "../../../mod.ts";
import { type LatentEntries, sliceOf } from "../study/latent_entries.ts";
import { beyondPosition } from "./beyond_position.ts";
import { informationWith } from "./information.ts";
import { rankCorrelation } from "./rank_correlation.ts";
import type { Measure, TargetScale } from "./target_scale.ts";
import type { LatentTuning } from "./tuning.ts";

/** Fewest patches and clusters that a latent fires in for it to be tested. */
export const leastTested = { patches: 20, clusters: 5 } as const;

/** Permutations that the mean information is taken over, at most. */
const informationShuffles = 100;

/** Key of the random stream that permutes. */
const permutationsKey = 32;

/** What the null says, `[dSae]`; NaN for latents that are not tested. */
export type PositionNull = Readonly<Awaited<ReturnType<typeof positionNull>>>;

/** Options for {@linkcode positionNull}. */
interface PositionNullOptions {
  /** How many permutations. */
  readonly permutations: number;
  /** Decides them. */
  readonly seed: number;
  /** Whether the rank correlation and the information are looked at too. */
  readonly all: boolean;
  /** Is told how many latents are done, now and then; throws to stop. */
  onProgress?(done: number): void;
}

/**
 * The picture whose map each picture gets, `[pictures]`. The maps are dealt out
 * in a random order of their clusters, so that each cell keeps its place and
 * neighbouring frames of a film stay together.
 */
export function permuteMaps(
  clusters: Uint32Array,
  random: Random,
): Uint32Array {
  const members = [
    ...Map.groupBy(clusters.keys(), (picture) => clusters[picture]!).values(),
  ];
  const order = permutation(members.length, random);
  const given = Array.from(order, (cluster) => members[cluster]!).flat();
  const donors = new Uint32Array(clusters.length);
  members.flat().forEach((picture, i) => donors[picture] = given[i]!);
  return donors;
}

/**
 * Compares each latent with permutations of the maps between pictures, where
 * whatever goes with the place in the picture alone does just as well. All
 * latents get the same permutations.
 */
export async function positionNull(
  scale: TargetScale,
  codes: LatentEntries,
  tuning: LatentTuning,
  { permutations, seed, all, onProgress }: PositionNullOptions,
) {
  const random = randomFrom(seed, permutationsKey), { dSae } = codes;
  const draws = Array.from(
    { length: permutations },
    () => permuteMaps(scale.patches.clusters, random),
  );
  const beyond = beyondPosition(scale), correlation = rankCorrelation(scale);
  const information = informationWith(scale);
  const found = {
    /** Share of permutations, the true one among them, whose partial eta² is at least the latent's. */
    p: new Float64Array(dSae).fill(NaN),
    /** The largest partial eta² of any tested latent in each permutation. */
    largest: new Float64Array(permutations),
    /** The mean rank correlation with permuted maps: what the place alone gives. */
    spearmanMean: new Float32Array(dSae).fill(NaN),
    /** Share of permutations whose rank correlation is at least as far from that mean. */
    spearmanP: new Float64Array(dSae).fill(NaN),
    /** Information less its mean over permutations, nats. */
    information: new Float32Array(dSae).fill(NaN),
  };
  for await (const latent of paced(dSae, onProgress)) {
    if (!isTested(tuning, latent)) continue;
    const slice = sliceOf(codes, latent, scale.patches.cells);
    const eta = held(beyond(slice), draws);
    found.p[latent] = shareAtLeast(eta.own, eta.nulls);
    eta.nulls.forEach((value, i) => {
      if (value > found.largest[i]!) found.largest[i] = value;
    });
    if (!all) continue;
    const rho = held(correlation(slice), draws), mean = meanOf(rho.nulls);
    const far = (value: number): number => Math.abs(value - mean);
    found.spearmanMean[latent] = mean;
    found.spearmanP[latent] = shareAtLeast(far(rho.own), rho.nulls.map(far));
    const some = draws.slice(0, informationShuffles);
    const nats = held(information(slice), some);
    found.information[latent] = nats.own - meanOf(nats.nulls);
  }
  return found;
}

/** The numbers below `count`, with pauses between them in which an abort is heard. */
async function* paced(
  count: number,
  onProgress?: (done: number) => void,
): AsyncGenerator<number> {
  let paused = performance.now();
  for (let i = 0; i < count; i++) {
    if (performance.now() - paused > 100) {
      onProgress?.(i);
      await new Promise((resolve) => setTimeout(resolve));
      paused = performance.now();
    }
    yield i;
  }
}

/** Whether a latent fires often enough to be tested. */
function isTested(tuning: LatentTuning, latent: number): boolean {
  return tuning.fired[latent]! >= leastTested.patches &&
    tuning.clusters[latent]! >= leastTested.clusters &&
    !Number.isNaN(tuning.partialEta2[latent]);
}

/** A measure of a latent with its own maps and with permuted ones. */
function held(
  measure: ReturnType<Measure>,
  draws: readonly Uint32Array[],
): { own: number; nulls: number[] } {
  return { own: measure(), nulls: draws.map((donors) => measure(donors)) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
