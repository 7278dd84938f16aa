/**
 * Tables of the units that go with a target.
 *
 * @module
 */
import {
  estimateColumns,
  type LatentValues,
  type Table,
  tableOf,
} from "../../../mod.ts";
import type { CurveBin } from "./curve_intervals.ts";
import { curveClasses } from "./curve_shape.ts";
import { largestQuantile, type UnitSource, type WhoFound } from "./found.ts";

/** Digits that say all that is known of a number. */
function few(value: number): number {
  return Number(value.toPrecision(6));
}

/** Every latent, and every number on it. */
export function latentTable(
  trained: UnitSource,
  columns: Readonly<Record<string, LatentValues>>,
  { words }: WhoFound,
): Table {
  const { name } = words, classes = curveClasses(words);
  return tableOf(
    `How each latent goes with ${name}`,
    Array.from({ length: trained.count }, (_, latent) => ({ latent })),
    {
      latent: "number of the latent",
      ...Object.fromEntries(
        Object.entries(columns).map(([column, { meaning, values }]) => [
          column,
          [meaning, ({ latent }) => few(values[latent]!)],
        ]),
      ),
      curve: [
        `${name}_class in words`,
        ({ latent }) => classes[trained.tuning.curveClass[latent]!] ?? "",
      ],
    },
  );
}

/** The tuning curves of some latents. */
export function curveTable(
  bins: readonly CurveBin[],
  { words, scale: { n, edges } }: WhoFound,
): Table {
  const { name, small, scale } = words;
  const edge = (at: number) => few(words.shown(edges[at]!));
  return tableOf(
    `Tuning curves of the latents that go with ${name} most: mean activation in bins of equally many patches`,
    bins,
    {
      latent: "number of the latent",
      bin: `number of the bin, ${small[0]} ones first`,
      from: [
        `${name} at which the bin begins, ${scale}`,
        ({ bin }) => edge(bin),
      ],
      to: [`${name} at which it ends`, ({ bin }) => edge(bin + 1)],
      mean: [
        "mean activation, zeros included",
        ({ mean }) => few(mean.value),
      ],
      low: [
        "lower end of its 95 % interval, of a bootstrap over clusters",
        ({ mean: { low = NaN } }) => few(low),
      ],
      high: ["upper end", ({ mean: { high = NaN } }) => few(high)],
      n: ["patches in the bin", ({ bin }) => n[bin]!],
    },
  );
}

/** How many pass in each source. */
export function sourceTable(
  { sources, words }: WhoFound,
): Table {
  return tableOf(
    `How many units go with ${words.name}, by the same rule, in the trained dictionary and in its controls`,
    sources,
    {
      source: ["where the units come from", ({ name }) => name],
      units: ["how many there are", ({ count }) => count],
      alive: "how many fire on these patches",
      tested: "how many fire often enough to be tested",
      pass: "how many pass",
      ...estimateColumns(
        "share",
        "share of all units that pass",
        ({ share }) => share,
        "",
        "lower end of its 95 % interval (Wilson)",
      ),
      best: [
        "the largest partial eta² of a unit that passes",
        ({ best }) => few(best),
      ],
      median: ["the median one", ({ median }) => few(median)],
      above_largest: [
        "units whose partial eta² is above what no unit at all exceeds in 95 % of permutations",
        ({ aboveLargest }) => aboveLargest,
      ],
    },
  );
}

const quantiles = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** The largest partial eta² that permuted maps give. */
export function nullTable(
  { sources, permutations, words }: WhoFound,
): Table {
  return tableOf(
    `The largest partial eta² of any unit with the ${words.name} maps permuted between pictures, in ${permutations} permutations`,
    sources.flatMap(({ name, nulls }) =>
      quantiles.map((quantile) => ({
        source: name,
        quantile,
        largest: few(largestQuantile(nulls, quantile)),
      }))
    ),
    {
      source: "where the units come from",
      quantile: "share of permutations in which it is at most so large",
      largest: "the largest partial eta² of any unit",
    },
  );
}
