/**
 * Trains the dictionary of a run.
 *
 * @module
 */
import { scaleInPlace } from "./activation_scale.ts";
import { collect, type TokenGroup } from "./collect.ts";
import { TrainingError } from "../errors.ts";
import { freshTrainer } from "./fresh_trainer.ts";
import { fvuSums } from "./fvu.ts";
import { measureTrained, type TrainResults } from "./measure_trained.ts";
import type { OpenRun } from "./open_run.ts";
import { saveLogLine, saveResults, saveSession } from "./save_session.ts";
import { shuffle } from "./shuffle.ts";
import { trainingGroups } from "./split_examples.ts";
import { stopError } from "./stop_error.ts";
import type { DrawnTokens } from "./token_buffer.ts";
import { watchTokens } from "./token_watch.ts";
import type { StepNumbers, Trainer } from "./trainer.ts";
import {
  beginSession,
  type Session,
  type TrainOptions,
} from "./training_session.ts";

/**
 * Trains the dictionary of a run, saving as it goes, and measures it.
 * Undefined when it was told to stop.
 *
 * @throws {TrainingError} When a number is not finite or a save fails. The last save remains.
 */
export async function train(
  run: OpenRun,
  options: TrainOptions,
): Promise<TrainResults | undefined> {
  const session = await beginSession(run, options);
  try {
    const trainer = await takeSteps(session);
    const results = trainer && await measureTrained(session, trainer);
    if (results) await saveResults(session, trainer!, results);
    return results;
  } finally {
    session.log.close();
  }
}

/** Trains to the last step; undefined when told to stop before it. */
async function takeSteps(session: Session): Promise<Trainer | undefined> {
  const { run, signal } = session, { steps } = run.optimiser;
  if (session.trainer?.step === steps) return session.trainer;
  for await (const batch of trainingBatches(session)) {
    const trainer = session.trainer ??= await freshTrainer(session);
    await takeStep(session, trainer, batch);
    const isLast = trainer.step === steps;
    if (isLast || signal?.aborted || isSaveDue(session, trainer)) {
      await saveSession(session, trainer);
    }
    if (isLast) return trainer;
    if (signal?.aborted) return undefined;
  }
  if (signal?.aborted) return undefined;
  throw new Error("the stream of training tokens ended");
}

/** Batches of tokens from where the session is: read, encoded, watched and shuffled. */
function trainingBatches(session: Session): AsyncGenerator<DrawnTokens> {
  const { run, buffer, signal } = session, { config, hook } = run;
  const groups = trainingGroups(run.split.train, {
    size: config.buffer.images,
    first: session.groups,
    seed: config.seed,
  });
  const tokens = collect(run.dataset, run.encoder, groups, {
    hook,
    tokens: config.tokens,
  });
  // After the first step an abort must save, so the stream goes on.
  const isOver = () => (signal?.aborted ?? false) && !session.trainer;
  return shuffle(
    counted(session, watchTokens(session, tokens, isOver)),
    buffer,
    {
      batch: config.buffer.batch,
      full: buffer.capacity - run.groupTokens,
    },
  );
}

/** Counts the groups that go into the buffer and reports how full it is before the first step. */
async function* counted(
  session: Session,
  groups: AsyncIterable<TokenGroup>,
): AsyncGenerator<TokenGroup> {
  for await (const group of groups) {
    session.groups++;
    yield group;
    if (session.trainer) continue;
    const { size: tokens, capacity: of } = session.buffer;
    session.onEvent?.({ kind: "filling", tokens, of });
  }
}

function isSaveDue({ run, savedAt }: Session, { step }: Trainer): boolean {
  const { every, minutes } = run.config.checkpoint;
  return step % every === 0 || performance.now() - savedAt > 60_000 * minutes;
}

/** Trains on one batch and logs its numbers. */
async function takeStep(
  session: Session,
  trainer: Trainer,
  { x, examples }: DrawnTokens,
): Promise<void> {
  scaleInPlace(x.data, session.scale);
  let numbers: StepNumbers;
  try {
    numbers = await trainer.train(x);
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    const some = [...new Set(examples)].slice(0, 8).join(", ");
    throw stopError(
      session,
      `the loss of step ${
        trainer.step + 1
      } is not finite, on pictures ${some}, … of the dataset; a smaller train.lr may help`,
      error,
    );
  }
  session.window.add(x.data, numbers.squaredError);
  const { step } = trainer, fvu = session.window.value();
  session.onEvent?.({ kind: "step", step, fvu, numbers });
  const { log, buffer } = session.run.config;
  if (step % log.every !== 0) return;
  const { loss, l0, dead, lr, metrics } = numbers, tokens = step * buffer.batch;
  const line = { step, tokens, loss, fvu, l0, dead, lr, ...metrics };
  await saveLogLine(session, line);
  session.window = fvuSums(session.run.hook.width);
}
