/**
 * How far a model's predictions move when a dictionary replaces its patches.
 *
 * @module
 */
import {
  type Dictionary,
  type Encoder,
  type FvuSums,
  fvuSums,
  type Hook,
  type HostTensor,
  meanTokens,
  patchesOf,
  type Paused,
  type Prediction,
  type RgbImage,
  splice,
} from "../../../mod.ts";

/** How far a prediction moves, of each picture. */
export interface Recovery {
  /** The prediction. */
  readonly prediction: Prediction;
  /** Its distance from the clean one with `x̂` in place of each patch. */
  readonly spliced: number[];
  /** The same with the mean patch in place of each. */
  readonly ablated: number[];
  /** The squared distances over the variance of the clean predictions; absent for logits. */
  readonly relative?: { readonly spliced: FvuSums; readonly ablated: FvuSums };
}

/** What {@linkcode addRecovery} needs beside the pictures. */
export interface RecoveryInput {
  /** The model; it can pause. */
  readonly encoder: Encoder & Required<Pick<Encoder, "pause">>;
  /** Where the dictionary goes in. */
  readonly hook: Hook;
  /** The dictionary. */
  readonly dictionary: Dictionary;
  /** The mean patch, `[width]`. */
  readonly mean: ArrayLike<number>;
}

/** Adds some pictures; what is not in `to` yet is added when the hook reaches it. */
export async function addRecovery(
  to: Map<string, Recovery>,
  images: readonly RgbImage[],
  { encoder, hook, dictionary, mean }: RecoveryInput,
): Promise<void> {
  const paused = await encoder.pause(images, [hook.name]);
  if (to.size === 0) {
    for (const prediction of await reached(paused, encoder.predictions ?? [])) {
      to.set(prediction.hook, fresh(prediction));
    }
  }
  const wanted = [...to.keys()];
  if (wanted.length === 0) return;
  const x = paused.activations[hook.name]!, where = patchesOf(hook);
  const clean = await paused.resume(undefined, wanted);
  const withHat = await splice(x, dictionary, { where });
  const spliced = await paused.resume({ [hook.name]: withHat }, wanted);
  const withMean = meanTokens(x, mean, { where });
  const ablated = await paused.resume({ [hook.name]: withMean }, wanted);
  for (const [name, recovery] of to) {
    add(recovery, "spliced", clean[name]!, spliced[name]!);
    add(recovery, "ablated", clean[name]!, ablated[name]!);
  }
}

/** Those predictions that come after the pause. */
async function reached(
  paused: Paused,
  predictions: readonly Prediction[],
): Promise<Prediction[]> {
  const found: Prediction[] = [];
  for (const prediction of predictions) {
    try {
      await paused.resume(undefined, [prediction.hook]);
      found.push(prediction);
    } catch (error) {
      // By name, since a plugin may bring its own copy of the class.
      if ((error as Error)?.name !== "ConfigError") throw error;
    }
  }
  return found;
}

function fresh(prediction: Prediction): Recovery {
  return { prediction, spliced: [], ablated: [] };
}

function add(
  recovery: Recovery,
  which: "spliced" | "ablated",
  clean: HostTensor,
  moved: HostTensor,
): void {
  const images = clean.shape[0]!, each = clean.data.length / images;
  const width = clean.shape.at(-1)!;
  for (let image = 0; image < images; image++) {
    const [a, b] = [clean, moved].map(({ data }) =>
      data.subarray(image * each, (image + 1) * each)
    ) as [Float32Array, Float32Array];
    if (recovery.prediction.kind === "logits") {
      recovery[which].push(divergence(a, b));
      continue;
    }
    const distance = a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
    recovery[which].push(distance);
    relativeOf(recovery, width)[which].add(a, distance);
  }
}

function relativeOf(recovery: Recovery, width: number) {
  const found = recovery as { relative?: Required<Recovery>["relative"] };
  return found.relative ??= {
    spliced: fvuSums(width),
    ablated: fvuSums(width),
  };
}

/** The Kullback–Leibler divergence of the class probabilities of logits `b` from those of `a`, in nats. */
function divergence(a: Float32Array, b: Float32Array): number {
  const [p, q] = [logProbabilities(a), logProbabilities(b)];
  return p.reduce((sum, log, i) => sum + Math.exp(log) * (log - q[i]!), 0);
}

function logProbabilities(logits: Float32Array): Float64Array {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const sum = logits.reduce((sum, x) => sum + Math.exp(x - most), 0);
  return Float64Array.from(logits, (x) => x - most - Math.log(sum));
}
