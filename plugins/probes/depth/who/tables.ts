/**
 * What the part "who" measured in, tables out.
 *
 * @module
 */
import type { LatentValues, Table } from "../../../../mod.ts";
import type { TuningCurve } from "./curve_intervals.ts";
import { curveClasses } from "./curve_shape.ts";
import {
  aboveLargest,
  largestQuantile,
  passCount,
  passShare,
  testedCount,
  type UnitSource,
  type WhoFound,
} from "./found.ts";

/** Digits that say all that is known of a number. */
function few(value: number): number {
  return Number(value.toPrecision(6));
}

/** Every latent, and every number on it. */
export function latentTable(
  columns: Readonly<Record<string, LatentValues>>,
): Table {
  const names = Object.keys(columns);
  const { length } = columns[names[0]!]!.values;
  return {
    caption: "How each latent goes with depth",
    columns: {
      latent: "number of the latent",
      ...Object.fromEntries(
        Object.entries(columns).map(([name, { meaning }]) => [name, meaning]),
      ),
      curve: "depth_class in words",
    },
    rows: Array.from({ length }, (_, latent) => ({
      latent,
      ...Object.fromEntries(
        names.map((name) => [name, few(columns[name]!.values[latent]!)]),
      ),
      curve: curveClasses[columns.depth_class!.values[latent]!] ?? "",
    })),
  };
}

/** The tuning curves that the atlas shows. */
export function curveTable(
  { scale: { count, n, edges, patches: { name } } }: WhoFound,
  curves: readonly TuningCurve[],
): Table {
  const unit = name === "truth_log_depth"
    ? "in metres"
    : "as the model says it, up to a factor";
  return {
    caption:
      "Tuning curves of the latents that go with depth most: mean activation in bins of equally many patches",
    columns: {
      latent: "number of the latent",
      bin: "number of the bin, near ones first",
      from: `depth at which the bin begins, ${unit}`,
      to: "depth at which it ends",
      mean: "mean activation, zeros included",
      low: "lower end of its 95 % interval, of a bootstrap over clusters",
      high: "upper end",
      n: "patches in the bin",
    },
    rows: curves.flatMap(({ latent, mean, low, high }) =>
      Array.from({ length: count }, (_, bin) => ({
        latent,
        bin,
        from: few(Math.exp(edges[bin]!)),
        to: few(Math.exp(edges[bin + 1]!)),
        mean: few(mean[bin]!),
        low: few(low[bin]!),
        high: few(high[bin]!),
        n: n[bin]!,
      }))
    ),
  };
}

/** How many pass in each source. */
export function sourceTable(found: WhoFound): Table {
  return {
    caption:
      "How many units go with depth, by the same rule, in the trained dictionary and in its controls",
    columns: {
      source: "where the units come from",
      units: "how many there are",
      alive: "how many fire on these patches",
      tested: "how many fire often enough to be tested",
      pass: "how many pass",
      share: "share of all units that pass",
      low: "lower end of its 95 % interval (Wilson)",
      high: "upper end",
      best: "the largest partial eta² of a unit that passes",
      median: "the median one",
      above_largest:
        "units whose partial eta² is above what no unit at all exceeds in 95 % of permutations",
    },
    rows: found.sources.map((source) => {
      const { value, low, high } = passShare(source);
      return {
        source: source.name,
        units: source.passes.length,
        alive: source.tuning.fired.filter((n) => n > 0).length,
        tested: testedCount(source),
        pass: passCount(source),
        share: value,
        low,
        high,
        ...etasOf(source),
        above_largest: aboveLargest(source),
      };
    }),
  };
}

/** How strongly those that pass go with depth. */
function etasOf({ passes, tuning: { partialEta2 } }: UnitSource) {
  const etas = partialEta2.filter((_, unit) => passes[unit]).sort();
  return {
    best: few(etas.at(-1) ?? NaN),
    median: few(etas[Math.floor(etas.length / 2)] ?? NaN),
  };
}

const quantiles = [0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1];

/** What permuted depth maps give. */
export function nullTable(found: WhoFound): Table {
  return {
    caption:
      `The largest partial eta² of any unit with the depth maps permuted between pictures, in ${found.permutations} permutations`,
    columns: {
      source: "where the units come from",
      quantile: "share of permutations in which it is at most so large",
      largest: "the largest partial eta² of any unit",
    },
    rows: found.sources.flatMap((source) =>
      quantiles.map((quantile) => ({
        source: source.name,
        quantile,
        largest: few(largestQuantile(source, quantile)),
      }))
    ),
  };
}
