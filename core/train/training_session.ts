/**
 * What changes while a run trains.
 *
 * @module
 */
import type { TokenGroup } from "./collect.ts";
import { TrainingError } from "../errors.ts";
import { type FvuSums, fvuSums } from "./fvu.ts";
import { type MetricsLog, openMetricsLog } from "./metrics_log.ts";
import type { OpenRun } from "./open_run.ts";
import { type Random, randomFrom } from "../random.ts";
import type { RunFolder } from "../run/run_folder.ts";
import { type TokenBuffer, tokenBuffer } from "./token_buffer.ts";
import { makeTrainer, type StepNumbers, type Trainer } from "./trainer.ts";
import type { SavedState } from "./training_state.ts";

/** What happens while a run trains. */
export type TrainEvent =
  /** The buffer fills before the first step. */
  | { readonly kind: "filling"; readonly tokens: number; readonly of: number }
  /** A step was taken. `fvu` is that of the steps since the last logged one. */
  | {
    readonly kind: "step";
    readonly step: number;
    readonly fvu: number;
    readonly numbers: StepNumbers;
  }
  /** A picture could not be decoded. */
  | { readonly kind: "skipped"; readonly id: string; readonly why: string }
  /** A killed run goes on from here. */
  | { readonly kind: "saved"; readonly step: number }
  /** The last step was taken; now the dictionary is calibrated and measured. */
  | { readonly kind: "measuring" };

/** Options for {@linkcode train}. */
export interface TrainOptions {
  /** Where the run's files go; its folders exist. */
  readonly folder: RunFolder;
  /** A state to go on from. */
  readonly resume?: SavedState;
  /** When aborted, the run saves after the step it is at, and stops. */
  readonly signal?: AbortSignal;
  /** Hears what happens. */
  readonly onEvent?: (event: TrainEvent) => void;
}

/** Keys of a run's random streams. */
export const streams = { buffer: 3, sample: 4, init: 5 } as const;

/** What changes while a run trains. */
export interface Session extends TrainOptions {
  readonly run: OpenRun;
  readonly random: Random;
  readonly buffer: TokenBuffer;
  readonly log: MetricsLog;
  readonly skipped: Map<string, string>;
  /** Groups of pictures that have gone into the buffer. */
  groups: number;
  /** What tokens are multiplied by. */
  scale: number;
  /** Sums since the last logged step. */
  window: FvuSums;
  /** Absent until the buffer is full. */
  trainer?: Trainer;
  /** The step of the last save. */
  saved?: number;
  /** When that was, or the start, by `performance.now()`. */
  savedAt: number;
}

/** Makes what a run needs, as a saved state left it when there is one. */
export async function beginSession(
  run: OpenRun,
  options: TrainOptions,
): Promise<Session> {
  const { config, hook, engine, sparsifier, optimiser } = run;
  const { resume, folder } = options, position = resume?.position;
  const random = randomFrom(config.seed, streams.buffer);
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

/** Hands groups on, counting them and refusing numbers that are not finite. */
export async function* watch(
  session: Session,
  groups: AsyncIterable<TokenGroup>,
): AsyncGenerator<TokenGroup> {
  for await (const group of groups) {
    // Before the first step there is nothing to save.
    if (session.signal?.aborted && !session.trainer) return;
    report(session, group);
    checkFinite(session, group);
    session.groups++;
    yield group;
    if (session.trainer) continue;
    const { size: tokens, capacity: of } = session.buffer;
    session.onEvent?.({ kind: "filling", tokens, of });
  }
}

/** Notes the pictures of a group that could not be decoded. */
export function report({ skipped, onEvent }: Session, group: TokenGroup): void {
  for (const { id, message: why } of group.skipped) {
    if (!skipped.has(id)) onEvent?.({ kind: "skipped", id, why });
    skipped.set(id, why);
  }
}

/** Refuses a group with numbers that are not finite: the run stops and names the pictures. */
export function checkFinite(session: Session, { x, ids }: TokenGroup): void {
  // Anything times 0 is 0, but for NaN and the infinities.
  let sum = 0;
  for (let i = 0; i < x.data.length; i++) sum += x.data[i]! * 0;
  if (sum === 0) return;
  const perImage = x.data.length / ids.length;
  const bad = ids.filter((_, image) =>
    !x.data.subarray(image * perImage, (image + 1) * perImage)
      .every(Number.isFinite)
  );
  throw stopped(
    session,
    `activations at "${session.run.hook.name}" are not finite for ${
      bad.map((id) => `"${id}"`).join(", ")
    }`,
  );
}

/** The error of a run that cannot go on: the last save stands. */
export function stopped(
  { trainer, saved, folder }: Session,
  why: string,
  cause?: unknown,
): TrainingError {
  const step = trainer?.step ?? 0;
  const rest = saved === undefined
    ? "nothing was saved yet"
    : `the save of step ${saved} in "${folder.path}" stands: go on from it with deno task train --resume ${folder.path}`;
  return new TrainingError(
    step,
    `Cannot go on after step ${step}: ${why}; ${rest}`,
    { cause },
  );
}
