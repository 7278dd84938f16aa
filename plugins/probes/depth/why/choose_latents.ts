/**
 * Which latents are edited, and which they are compared with.
 *
 * @module
 */
import { randomFrom } from "../../../../mod.ts";
import type { LatentEntries } from "../../study/latent_entries.ts";
import type { LatentTuning } from "../../who/tuning.ts";
import { firingOf } from "./gather.ts";
import { dot } from "./random_directions.ts";

/** Which latents are edited. */
export interface ChosenLatents {
  /** Those asked about: the best tuned of those that fire, best first; random ones where tuning is not known. */
  readonly asked: readonly number[];
  /** As many random latents, spread over the range of the score, for the rank agreement. */
  readonly chance: readonly number[];
  /** Latents that fire like those asked about. */
  readonly alike: readonly number[];
  /** The controls of each latent asked about, the most similar first. */
  readonly controls: ReadonlyMap<number, readonly number[]>;
  /** How often a latent fires, and the mean norm of what it adds where it does. */
  look(latent: number): { readonly fired: number; readonly norm: number };
}

/** What {@linkcode chooseLatents} chooses from. */
export interface ChooseLatentsInput {
  /** Where they fire. */
  readonly codes: LatentEntries;
  /** Rows of the decoder, `[dSae, width]`. */
  readonly rows: Float32Array;
  /** How they are tuned, where that is known. */
  readonly tuning?: Pick<LatentTuning, "spearman" | "partialEta2"> | undefined;
  /** How many are asked about. */
  readonly count: number;
  /** Decides the random choices. */
  readonly seed: number;
}

/** For each latent asked about: how many similar ones are added at least, and how many controls it has. */
const each = { adds: 3, has: 20 };

/** Chooses the latents; at most half of those that fire are asked about, so that others are left to compare with. */
export function chooseLatents(
  { codes, rows, tuning, count, seed }: ChooseLatentsInput,
): ChosenLatents {
  const width = rows.length / codes.dSae;
  const look = (latent: number) => {
    const row = rows.subarray(latent * width, (latent + 1) * width);
    const { fired, mean } = firingOf(codes, latent);
    return { fired, norm: mean * Math.sqrt(dot(row, row)) };
  };
  const alive = [...Array(codes.dSae).keys()].filter((latent) =>
    codes.starts[latent + 1]! > codes.starts[latent]!
  );
  const random = randomFrom(seed, 52);
  const chanceOf = new Map(alive.map((latent) => [latent, random.next()]));
  const order = tuning
    ? bestFirst(alive, tuning)
    : alive.toSorted((a, b) => chanceOf.get(a)! - chanceOf.get(b)!);
  const asked = order.slice(0, Math.min(count, Math.ceil(alive.length / 2)));
  const bins = Math.min(count, order.length);
  const chance = Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [bin, bin + 1].map((b) =>
      Math.floor(b * order.length / bins)
    ) as [number, number];
    return order[from + random.integer(to - from)]!;
  });
  const others = alive.filter((latent) => !asked.includes(latent));
  const nearest = nearestLook(alive, look);
  const adds = Math.max(each.adds, Math.ceil(each.has / asked.length));
  const alike = new Set(
    asked.flatMap((latent) => nearest(latent, others).slice(0, adds)),
  );
  const measured = [...new Set([...alike, ...chance])]
    .filter((latent) => !asked.includes(latent));
  return {
    asked,
    chance,
    alike: [...alike],
    controls: new Map(
      asked.map((latent) =>
        [latent, nearest(latent, measured).slice(0, each.has)] as const
      ),
    ),
    look,
  };
}

/** Sorts by the better of two ranks, by |Spearman| and by partial eta². */
function bestFirst(
  alive: readonly number[],
  { spearman, partialEta2 }: Pick<LatentTuning, "spearman" | "partialEta2">,
): number[] {
  const places = [spearman, partialEta2].map((of) => {
    const score = (latent: number) => Math.abs(of[latent]!) || 0;
    const sorted = alive.toSorted((a, b) => score(b) - score(a) || a - b);
    return new Map(sorted.map((latent, place) => [latent, place]));
  });
  const best = (latent: number) =>
    Math.min(...places.map((of) => of.get(latent)!));
  return alive.toSorted((a, b) => best(a) - best(b) || a - b);
}

/** Sorts latents by how similarly to one they fire: by the logarithms of density and norm, each divided by its standard deviation. */
function nearestLook(
  alive: readonly number[],
  look: ChosenLatents["look"],
): (latent: number, among: readonly number[]) => number[] {
  const logs = new Map(alive.map((latent) => {
    const { fired, norm } = look(latent);
    return [latent, [Math.log(fired), Math.log(norm || 1e-30)]] as const;
  }));
  const spread = [0, 1].map((i) => {
    const all = [...logs.values()].map((of) => of[i]!);
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    return Math.sqrt(
      all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length,
    ) || 1;
  });
  return (latent, among) => {
    const own = logs.get(latent)!;
    const far = (other: number) =>
      Math.hypot(...logs.get(other)!.map((x, i) => (x - own[i]!) / spread[i]!));
    const distances = new Map(among.map((other) => [other, far(other)]));
    return among.toSorted((a, b) =>
      distances.get(a)! - distances.get(b)! || a - b
    );
  };
}
