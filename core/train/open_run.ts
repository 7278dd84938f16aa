/**
 * Creates the parts of a run: dataset, encoder, sparsifier, engine.
 *
 * @module
 */
import { tokensPerExample } from "./collect.ts";
import { hashRun } from "../run/compare_runs.ts";
import type { Dataset } from "../dataset.ts";
import type { Encoder, Hook } from "../encoder.ts";
import type { Engine, MemorySize } from "../engine.ts";
import { ConfigError } from "../errors.ts";
import { defaultLearningRate } from "./learning_rate.ts";
import { nearestFew } from "../run/nearest.ts";
import type { PluginContext } from "../plugin.ts";
import type { ResolvedRun } from "../run/run_config.ts";
import type { RunConfig } from "../run/run_schema.ts";
import { runtimeBytes } from "./runtime_bytes.ts";
import type { Sparsifier } from "../sparsifier.ts";
import { type Split, splitExamples } from "./split_examples.ts";
import { bufferBytes } from "./token_buffer.ts";
import type { TrainerOptions } from "./trainer.ts";

/** A run whose parts are created. */
export interface OpenRun {
  /** Every setting, including the hook. */
  readonly config: RunConfig;
  /** The hash of the settings. */
  readonly hash: string;
  /** The pictures. */
  readonly dataset: Dataset;
  /** The model. */
  readonly encoder: Encoder;
  /** Where it is read. */
  readonly hook: Hook;
  /** The dictionary. */
  readonly sparsifier: Sparsifier;
  /** The maths. */
  readonly engine: Engine;
  /** Which pictures are used for what. */
  readonly split: Split;
  /** Settings of the optimiser, with defaults. */
  readonly optimiser: TrainerOptions;
  /** How many tokens a group of pictures has. */
  readonly groupTokens: number;
  /** Most bytes that training takes. */
  readonly memory: number;
  /** Closes all parts. */
  close(): Promise<void>;
}

/**
 * Creates the parts of a run and checks that they fit together. `report` hears
 * from the dataset and the encoder, for example while a model is downloaded.
 *
 * @throws {ConfigError} When they do not fit, or one cannot be created.
 */
export async function openRun(
  run: ResolvedRun,
  report?: PluginContext["report"],
): Promise<OpenRun> {
  const parts: { close?(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    for (const part of parts.splice(0).toReversed()) await part.close?.();
  };
  const keep = <Part extends { close?(): Promise<void> }>(part: Part): Part => {
    parts.push(part);
    return part;
  };
  try {
    const dataset = keep(await run.create("dataset", report));
    const encoder = keep(await run.create("encoder", report));
    const sparsifier = await run.create("sparsifier");
    const hook = findHook(encoder, run.config.hook);
    // Filled in before hashing, so that naming the default hook gives the same hash.
    const config = { ...run.config, hook: hook.name };
    const hash = await hashRun(config);
    const groupTokens = config.buffer.images *
      tokensPerExample(hook, config.tokens);
    checkTokens(hook, groupTokens);
    checkBuffer(config, groupTokens);
    const split = splitExamples(dataset, config.evaluate.images, config.seed);
    const engine = keep(await run.create("engine"));
    const made = { dataset, encoder, hook, sparsifier, engine, split };
    return {
      ...made,
      config,
      hash,
      groupTokens,
      optimiser: optimiserOf(config, sparsifier),
      memory: memoryOf(config, made, groupTokens),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The hook named `wanted`, or the encoder's default.
 *
 * @throws {ConfigError} When there is no such hook; the message lists the nearest.
 */
export function findHook(encoder: Encoder, wanted?: string): Hook {
  const name = wanted ?? encoder.defaultHook;
  const hook = encoder.hooks.find((hook) => hook.name === name);
  if (hook) return hook;
  const names = encoder.hooks.map((hook) => hook.name);
  const near = nearestFew(name, names, 5);
  const some = near.length > 0
    ? `the nearest of the encoder's ${names.length} are`
    : `the encoder has ${names.length}, such as`;
  const words = (near.length > 0 ? near : names.slice(-5))
    .map((each) => `"${each}"`).join(", ");
  throw new ConfigError("hook", `Cannot find hook "${name}": ${some} ${words}`);
}

/** Refuses hooks without patches, such as a classifier's logits. */
function checkTokens({ name }: Hook, groupTokens: number): void {
  if (groupTokens > 0) return;
  throw new ConfigError(
    "hook",
    `Cannot train on the patches of "${name}": it has none, only tokens of the whole picture; write "all" for tokens, or name another hook`,
  );
}

function checkBuffer({ buffer }: RunConfig, groupTokens: number): void {
  const least = groupTokens + buffer.batch;
  if (buffer.tokens >= least) return;
  throw new ConfigError(
    "buffer.tokens",
    `Cannot shuffle in a buffer of ${buffer.tokens} tokens: ${buffer.images} pictures bring ${groupTokens} and a batch takes ${buffer.batch}; write at least ${least} for buffer.tokens, or fewer buffer.images`,
  );
}

function optimiserOf(
  { train, buffer }: RunConfig,
  { dSae }: Sparsifier,
): TrainerOptions {
  const steps = Math.ceil(train.tokens / buffer.batch);
  return {
    steps,
    lr: train.lr ?? defaultLearningRate(dSae),
    warmup: train.warmup ?? Math.min(1000, Math.floor(steps / 10)),
    decay: train.decay,
    beta1: train.beta1,
    beta2: train.beta2,
    epsilon: train.epsilon,
    clip: train.clip,
    deadTokens: train.deadTokens ??
      Math.min(10_000_000, Math.ceil(0.05 * train.tokens)),
  };
}

function memoryOf(
  { buffer, train, evaluate }: RunConfig,
  { dataset, encoder, engine, hook, sparsifier }: Pick<
    OpenRun,
    "dataset" | "encoder" | "engine" | "hook" | "sparsifier"
  >,
  groupTokens: number,
): number {
  const dModel = hook.width, { dSae, targetL0 } = sparsifier;
  // Measuring encodes a whole group at once; calibrating keeps twice the target's entries.
  const rows = Math.max(buffer.batch, groupTokens);
  const entries = targetL0 === undefined
    // Without a target, half of all entries may be kept, as by a fresh ReLU.
    ? buffer.batch * dSae / 2
    : targetL0 * Math.max(buffer.batch, 2 * groupTokens);
  const calibration = evaluate.images / 2 * groupTokens / buffer.images *
    2 * (targetL0 ?? 0);
  return runtimeBytes +
    bufferBytes(buffer.tokens, dModel, buffer.dtype) +
    (dataset.memory?.() ?? 0) +
    encoder.memory(buffer.images, hook) +
    engineMemory(engine, { dModel, dSae, rows, entries }) +
    // Three groups in flight; then the largest of three matrices being made, the
    // sample, and the activations to calibrate on, doubled while they are joined.
    4 * (3 * groupTokens * dModel +
        Math.max(3 * dSae * dModel, train.sample * dModel, 2 * calibration));
}

/** Most bytes that the engine takes; not fitting is the fault of the settings. */
function engineMemory(engine: Engine, size: MemorySize): number {
  try {
    return engine.memory(size);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new ConfigError("sparsifier.dSae", cause.message, { cause });
  }
}
