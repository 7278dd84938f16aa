/**
 * How much of the model's predictions survives the dictionary, in numbers and
 * sentences.
 *
 * @module
 */
import {
  bootstrap,
  type Estimate,
  estimateOf,
  isAboveZero,
  type Metric,
  percent,
  type ProbeResult,
  quantity,
  ratioOfSums,
} from "../../../mod.ts";
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
    Object.assign(
      metrics,
      quantity(
        `${name}_recovered`,
        recovered,
        `loss recovered, 1 − d(x̂) / d(mean): how much of the model's own ${recovery.prediction.kind} is kept when every patch is replaced by its reconstruction; 1 is all, 0 as little as with the mean patch everywhere`,
      ),
      distanceMetric(name, recovery, "spliced", seed),
      distanceMetric(name, recovery, "ablated", seed),
    );
    verdict.push(sentence(recovery, recovered));
  }
  return { metrics, verdict };
}

/** `1 − d(x̂) / d(mean)`; NaN when the mean patch changes nothing either. */
function recoveredOf(
  { spliced, ablated }: Recovery,
  seed: number,
): Estimate {
  return estimateOf(
    (times) => 1 - weighted(spliced, times) / weighted(ablated, times),
    { clusters: spliced.length, seed },
  );
}

function distanceMetric(
  name: string,
  { prediction, relative, ...distances }: Recovery,
  which: "spliced" | "ablated",
  seed: number,
): Record<string, Metric> {
  const own = distances[which], clusters = own.length;
  const by = which === "spliced"
    ? "its reconstruction"
    : "the mean patch (the control)";
  const moved =
    `of the model's ${prediction.kind} with every patch replaced by ${by} from the clean one`;
  if (!relative) {
    return quantity(
      `${name}_${which}`,
      ratioOfSums(own, undefined, { clusters: [...own.keys()], seed }),
      `mean Kullback–Leibler divergence ${moved}`,
      "nats",
    );
  }
  const value = relative[which].value();
  const total = own.reduce((sum, x) => sum + x, 0);
  // In units of the variance of all clean predictions, which is taken as known.
  const share = total === 0 ? 0 : value / total;
  const interval = bootstrap(
    { clusters, seed },
    (times) => share * weighted(own, times),
  );
  return quantity(
    `${name}_${which}`,
    { value, ...interval },
    `mean squared difference ${moved}, over the variance of the clean ones`,
  );
}

function weighted(of: readonly number[], times: ArrayLike<number>): number {
  return of.reduce((sum, x, i) => sum + times[i]! * x, 0);
}

function sentence(
  { prediction: { kind } }: Recovery,
  recovered: Estimate,
): string {
  if (Number.isNaN(recovered.value)) {
    return `Whether the model's ${kind} is kept by the reconstruction was not shown: it stays the same with the mean patch everywhere`;
  }
  const { value, low, high } = recovered;
  const words = `${
    percent(value)
  } of the model's own ${kind} is kept by the reconstruction`;
  if (low === undefined || high === undefined) {
    return `${words}; too few pictures to say how sure that is`;
  }
  const sure = `${words} (95 % interval ${percent(low)} to ${percent(high)})`;
  return isAboveZero(recovered)
    ? sure
    : `${sure}: it was not shown to be better than no picture at all`;
}
