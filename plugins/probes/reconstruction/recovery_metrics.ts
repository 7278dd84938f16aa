/**
 * How far predictions moved in, metrics and a verdict on them out.
 *
 * @module
 */
import { bootstrap, type Metric, type ProbeResult } from "../../../mod.ts";
import type { Recovery } from "./recovery.ts";

/** The metrics of all predictions, and a sentence on each. */
export function recoveryFound(
  recoveries: readonly Recovery[],
  seed: number,
): Required<Pick<ProbeResult, "metrics" | "verdict">> {
  if (recoveries.length === 0) {
    return {
      metrics: {},
      verdict: [
        "How well the model goes on with the reconstruction was not measured: this encoder makes no prediction that comes after the hook, or cannot go on from a pause",
      ],
    };
  }
  const metrics: Record<string, Metric> = {}, verdict: string[] = [];
  for (const recovery of recoveries) {
    const name = recovery.prediction.hook.replaceAll(/[^a-z0-9]+/gi, "_");
    const recovered = recoveredOf(recovery, seed);
    if (recovered) metrics[`${name}_recovered`] = recovered;
    metrics[`${name}_spliced`] = distanceOf(recovery, "spliced", seed);
    metrics[`${name}_ablated`] = distanceOf(recovery, "ablated", seed);
    verdict.push(sentence(recovery, recovered));
  }
  return { metrics, verdict };
}

/** `1 − d(x̂) / d(mean)`; nothing when the mean patch changes nothing either. */
function recoveredOf(
  { prediction, spliced, ablated }: Recovery,
  seed: number,
): Metric | undefined {
  const clusters = spliced.length;
  const of = (times: ArrayLike<number>): number =>
    1 - weighted(spliced, times) / weighted(ablated, times);
  const value = of(new Float64Array(clusters).fill(1));
  if (!Number.isFinite(value)) return undefined;
  return {
    value,
    ...bootstrap({ clusters, seed }, of),
    meaning:
      `loss recovered, 1 − d(x̂) / d(mean): how much of the model's own ${prediction.kind} is kept when every patch is replaced by its reconstruction; 1 is all, 0 as little as with the mean patch everywhere`,
  };
}

function distanceOf(
  { prediction, relative, ...distances }: Recovery,
  which: "spliced" | "ablated",
  seed: number,
): Metric {
  const own = distances[which], clusters = own.length;
  const by = which === "spliced"
    ? "its reconstruction"
    : "the mean patch (the control)";
  const moved =
    `of the model's ${prediction.kind} with every patch replaced by ${by} from the clean one`;
  if (!relative) {
    const mean = (times: ArrayLike<number>) => weighted(own, times) / clusters;
    return {
      value: mean(new Float64Array(clusters).fill(1)),
      ...bootstrap({ clusters, seed }, mean),
      meaning: `mean Kullback–Leibler divergence ${moved}`,
      unit: "nats",
    };
  }
  const value = relative[which].value();
  const total = own.reduce((sum, x) => sum + x, 0);
  // In units of the variance of all clean predictions, which is taken as known.
  const share = total === 0 ? 0 : value / total;
  return {
    value,
    ...bootstrap({ clusters, seed }, (times) => share * weighted(own, times)),
    meaning:
      `mean squared difference ${moved}, over the variance of the clean ones`,
  };
}

function weighted(of: readonly number[], times: ArrayLike<number>): number {
  return of.reduce((sum, x, i) => sum + times[i]! * x, 0);
}

function sentence(
  { prediction: { kind } }: Recovery,
  recovered: Metric | undefined,
): string {
  if (!recovered) {
    return `Whether the model's ${kind} is kept by the reconstruction was not shown: it stays the same with the mean patch everywhere`;
  }
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const { value, low, high } = recovered;
  if (low === undefined || high === undefined) {
    return `${
      percent(value)
    } of the model's own ${kind} is kept by the reconstruction; too few pictures to say how sure that is`;
  }
  const words = `${
    percent(value)
  } of the model's own ${kind} is kept by the reconstruction (95 % interval ${
    percent(low)
  } to ${percent(high)})`;
  return low > 0
    ? words
    : `${words}: it was not shown to be better than no picture at all`;
}
