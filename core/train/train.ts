/**
 * A run in, a trained dictionary out.
 *
 * @module
 */
import { collect } from "./collect.ts";
import { TrainingError } from "../errors.ts";
import { fitInitialNorm } from "./fit_initial_norm.ts";
import { fvuSums } from "./fvu.ts";
import { measureTrained, type TrainResults } from "./measure_trained.ts";
import type { OpenRun } from "./open_run.ts";
import { randomFrom } from "../random.ts";
import { saveSession, saving } from "./save_session.ts";
import { activationScale } from "./activation_scale.ts";
import { shuffle } from "./shuffle.ts";
import { trainingGroups } from "./split_examples.ts";
import type { DrawnTokens } from "./token_buffer.ts";
import { makeTrainer, type StepNumbers, type Trainer } from "./trainer.ts";
import {
  beginSession,
  type Session,
  stopped,
  streams,
  type TrainOptions,
  watch,
} from "./training_session.ts";

/**
 * Trains the dictionary of a run, saving as it goes, and measures it.
 * Undefined when it was told to stop.
 *
 * @throws {TrainingError} When a number is not finite or a save fails: the last save stands.
 */
export async function train(
  run: OpenRun,
  options: TrainOptions,
): Promise<TrainResults | undefined> {
  const session = await beginSession(run, options);
  try {
    const finished = await takeSteps(session);
    return finished ? await measureTrained(session) : undefined;
  } finally {
    session.log.close();
  }
}

/** Trains until the last step: true. False when told to stop before it. */
async function takeSteps(session: Session): Promise<boolean> {
  const { run, buffer, signal } = session, { config, optimiser } = run;
  if (session.trainer?.step === optimiser.steps) return true;
  const groups = trainingGroups(run.split.train, {
    size: config.buffer.images,
    first: session.groups,
    seed: config.seed,
  });
  const tokens = collect(run.dataset, run.encoder, groups, {
    hook: run.hook,
    tokens: config.tokens,
  });
  const batches = shuffle(watch(session, tokens), buffer, {
    batch: config.buffer.batch,
    full: buffer.capacity - run.groupTokens,
  });
  for await (const batch of batches) {
    session.trainer ??= await firstTrainer(session);
    await takeStep(session, session.trainer, batch);
    const { step } = session.trainer, last = step === optimiser.steps;
    const { every, minutes } = config.checkpoint;
    const late = performance.now() - session.savedAt > 60_000 * minutes;
    if (last || signal?.aborted || late || step % every === 0) {
      await saveSession(session, session.trainer);
    }
    if (last) return true;
    if (signal?.aborted) return false;
  }
  if (signal?.aborted) return false;
  throw new Error("the stream of training tokens ended");
}

/** A trainer of fresh parameters, made from a look into the full buffer. */
async function firstTrainer(session: Session): Promise<Trainer> {
  const { run, buffer } = session, { config, engine, sparsifier } = run;
  const rows = Math.min(config.train.sample, buffer.size);
  const sample = buffer.peek(rows, randomFrom(config.seed, streams.sample));
  session.scale = config.train.normalize ? activationScale(sample) : 1;
  scaleInPlace(sample.data, session.scale);
  const fresh = sparsifier.init({
    dModel: run.hook.width,
    sample,
    random: randomFrom(config.seed, streams.init),
  });
  const params = await fitInitialNorm(engine, sparsifier, fresh, sample);
  return makeTrainer(engine, sparsifier, params, run.optimiser);
}

function scaleInPlace(data: Float32Array, scale: number): void {
  for (let i = 0; i < data.length; i++) data[i]! *= scale;
}

async function takeStep(
  session: Session,
  trainer: Trainer,
  { x, examples }: DrawnTokens,
): Promise<void> {
  const { config } = session.run;
  scaleInPlace(x.data, session.scale);
  let numbers: StepNumbers;
  try {
    numbers = await trainer.train(x);
  } catch (error) {
    if (!(error instanceof TrainingError)) throw error;
    const some = [...new Set(examples)].slice(0, 8).join(", ");
    throw stopped(
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
  if (step % config.log.every !== 0) return;
  const { loss, l0, dead, lr, metrics } = numbers;
  const tokens = step * config.buffer.batch;
  await saving(
    session,
    () =>
      session.log.write({ step, tokens, loss, fvu, l0, dead, lr, ...metrics }),
  );
  session.window = fvuSums(session.run.hook.width);
}
