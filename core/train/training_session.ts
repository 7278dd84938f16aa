/**
 * The state of a run while it trains.
 *
 * @module
 */
import { type FvuSums, fvuSums } from "./fvu.ts";
import { type MetricsLog, openMetricsLog } from "./metrics_log.ts";
import type { OpenRun } from "./open_run.ts";
import { randomStreams } from "./random_streams.ts";
import { type Random, randomFrom } from "../random.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { type TokenBuffer, tokenBuffer } from "./token_buffer.ts";
import { makeTrainer, type StepNumbers, type Trainer } from "./trainer.ts";
import type { SavedState } from "./training_state.ts";

/** What happens while a run trains. */
export type TrainEvent =
  /** The buffer is filling before the first step. */
  | { readonly kind: "filling"; readonly tokens: number; readonly of: number }
  /** A step was taken. `fvu` covers the steps since the last logged one. */
  | {
    readonly kind: "step";
    readonly step: number;
    readonly fvu: number;
    readonly numbers: StepNumbers;
  }
  /** A picture could not be decoded. */
  | { readonly kind: "skipped"; readonly id: string; readonly why: string }
  /** The run was saved and can be resumed from this step. */
  | { readonly kind: "saved"; readonly step: number }
  /** Training is done; the dictionary is being calibrated and measured. */
  | { readonly kind: "measuring" };

/** Options for {@linkcode train}. */
export interface TrainOptions {
  /** Where the run's files go; its folders exist. */
  readonly folder: RunFolder;
  /** The saved state to resume from. */
  readonly resume?: SavedState;
  /** When aborted, the run finishes its current step, saves and stops. */
  readonly signal?: AbortSignal;
  /** Called at each event. */
  readonly onEvent?: (event: TrainEvent) => void;
}

/** A run while it trains. */
export interface Session extends TrainOptions {
  /** The run. */
  readonly run: OpenRun;
  /** Decides what is drawn from the buffer. */
  readonly random: Random;
  /** Tokens waiting to be trained on. */
  readonly buffer: TokenBuffer;
  /** The log of its steps. */
  readonly log: MetricsLog;
  /** Ids of the pictures that could not be decoded, and why. */
  readonly skipped: Map<string, string>;
  /** How many groups of pictures have gone into the buffer. */
  groups: number;
  /** What tokens are multiplied by. */
  scale: number;
  /** Sums since the last logged step. */
  window: FvuSums;
  /** Absent until the buffer is full. */
  trainer?: Trainer;
  /** The step of the last save. */
  saved?: number;
  /** Time of the last save, or of the start, by `performance.now()`. */
  savedAt: number;
}

/** Starts a run, or restores it from `options.resume`. */
export async function beginSession(
  run: OpenRun,
  options: TrainOptions,
): Promise<Session> {
  const { config, hook, engine, sparsifier, optimiser } = run;
  const { resume, folder } = options, position = resume?.position;
  const random = randomFrom(config.seed, randomStreams.buffer);
  if (position) random.restore(position.random);
  const { tokens: capacity, dtype } = config.buffer;
  const buffer = tokenBuffer({ capacity, width: hook.width, dtype, random });
  await resume?.restore(buffer);
  return {
    ...options,
    run,
    random,
    buffer,
    log: await openMetricsLog(folder.metrics, position?.metricsBytes ?? 0),
    skipped: new Map(Object.entries(position?.skipped ?? {})),
    groups: position?.groups ?? 0,
    savedAt: performance.now(),
    scale: position?.scale ?? 1,
    window: fvuSums(hook.width, position?.window),
    ...resume && {
      saved: resume.step,
      trainer: makeTrainer(
        engine,
        sparsifier,
        await resume.trainer(),
        optimiser,
      ),
    },
  };
}
