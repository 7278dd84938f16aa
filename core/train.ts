/**
 * A run in, a trained dictionary out.
 *
 * @module
 */
import { calibrate } from "./calibrate.ts";
import { saveCheckpoint } from "./checkpoint.ts";
import { checkpointCfg } from "./checkpoint_cfg.ts";
import { collect, type TokenGroup } from "./collect.ts";
import { TrainingError } from "./errors.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { fitEncoder } from "./fit_encoder.ts";
import { type FvuSums, fvuSums } from "./fvu.ts";
import { type MetricsLog, openMetricsLog } from "./metrics_log.ts";
import type { OpenRun } from "./open_run.ts";
import { type Random, randomFrom } from "./random.ts";
import { replaceTextFile } from "./replace_file.ts";
import type { RunFolder } from "./run_folder.ts";
import { scaleOf } from "./scale.ts";
import { shuffle } from "./shuffle.ts";
import { inGroups, trainingGroups } from "./split_examples.ts";
import {
  type DrawnTokens,
  type TokenBuffer,
  tokenBuffer,
} from "./token_buffer.ts";
import { makeTrainer, type StepNumbers, type Trainer } from "./trainer.ts";
import { type SavedState, saveState } from "./training_state.ts";

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

/** What a finished run measured, on pictures it was not trained on unless said otherwise. */
export interface TrainResults extends Evaluation {
  /** Share of the latents that fired on none of the last `deadTokens` tokens of training. */
  readonly dead: number;
  /** The window in which a latent had to fire. */
  readonly deadTokens: number;
  /** The calibrated threshold, in the activations' units; null where there is none. */
  readonly threshold: number | null;
  /** Steps taken. */
  readonly steps: number;
  /** Tokens trained on. */
  readonly trainedTokens: number;
  /** Pictures that could not be decoded, in training and after: `skipped.json` lists them. */
  readonly skippedImages: number;
}

/** Keys of the random streams. */
const keys = { buffer: 3, sample: 4, init: 5 };

/** What changes while a run trains. */
interface Session extends TrainOptions {
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
}

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
  const session = await begin(run, options);
  try {
    const finished = await takeSteps(session);
    return finished ? await finish(session) : undefined;
  } finally {
    session.log.close();
  }
}

/** Makes what a run needs, as a saved state left it when there is one. */
async function begin(run: OpenRun, options: TrainOptions): Promise<Session> {
  const { config, hook, engine, sparsifier, optimiser } = run;
  const { resume, folder } = options, position = resume?.position;
  const random = randomFrom(config.seed, keys.buffer);
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
    if (last || signal?.aborted || step % config.checkpoint.every === 0) {
      await save(session, session.trainer);
    }
    if (last) return true;
    if (signal?.aborted) return false;
  }
  if (signal?.aborted) return false;
  throw new Error("the stream of training tokens ended");
}

/** Hands groups on, counting them and refusing numbers that are not finite. */
async function* watch(
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

function report({ skipped, onEvent }: Session, group: TokenGroup): void {
  for (const { id, message: why } of group.skipped) {
    if (!skipped.has(id)) onEvent?.({ kind: "skipped", id, why });
    skipped.set(id, why);
  }
}

function checkFinite(session: Session, { x, ids }: TokenGroup): void {
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
function stopped(
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

/** A trainer of fresh parameters, made from a look into the full buffer. */
async function firstTrainer(session: Session): Promise<Trainer> {
  const { run, buffer } = session, { config, engine, sparsifier } = run;
  const rows = Math.min(config.train.sample, buffer.size);
  const sample = buffer.peek(rows, randomFrom(config.seed, keys.sample));
  session.scale = config.train.normalize ? scaleOf(sample) : 1;
  scaleInPlace(sample.data, session.scale);
  const fresh = sparsifier.init({
    dModel: run.hook.width,
    sample,
    random: randomFrom(config.seed, keys.init),
  });
  const params = await fitEncoder(engine, sparsifier, fresh, sample);
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

/** Saves the state, then the dictionary so far. */
async function save(session: Session, trainer: Trainer): Promise<void> {
  const { run, buffer, log, folder } = session;
  await saving(session, async () => {
    await log.flush();
    await saveState(folder.state, run.engine, trainer.state(), buffer, {
      hash: run.hash,
      provenance: run.encoder.provenance,
      groups: session.groups,
      random: session.random.state(),
      scale: session.scale,
      window: session.window.state(),
      metricsBytes: log.bytes,
      skipped: Object.fromEntries(session.skipped),
    });
    // What a run goes on from stands, whatever becomes of the rest.
    session.saved = trainer.step;
    await saveDictionary(session, trainer);
    await saveSkipped(session);
  });
  session.onEvent?.({ kind: "saved", step: trainer.step });
}

/** Writes files; when that fails, the run stops and says which save stands. */
async function saving(
  session: Session,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw stopped(
      session,
      `writing to "${session.folder.path}" failed: ${(error as Error).message}`,
      error,
    );
  }
}

/** Lists the pictures that could not be decoded, and why; no file when there are none. */
async function saveSkipped({ skipped, folder }: Session): Promise<void> {
  if (skipped.size === 0) return;
  const list = Object.fromEntries(skipped);
  await replaceTextFile(folder.skipped, `${JSON.stringify(list, null, 2)}\n`);
}

async function saveDictionary(
  { run, folder, scale }: Session,
  { params }: Trainer,
): Promise<void> {
  const readers = Object.entries(params).map(([name, x]) =>
    [name, { shape: x.shape, read: () => run.engine.read(x) }] as const
  );
  await saveCheckpoint(
    folder.checkpoint,
    Object.fromEntries(readers),
    scale,
    checkpointCfg(run),
  );
}

/** Calibrates the threshold, where there is one, and measures on the pictures held out; undefined when told to stop. */
async function finish(session: Session): Promise<TrainResults | undefined> {
  const { run, folder, scale, signal, onEvent } = session;
  const { config, optimiser } = run;
  const { engine, sparsifier, split } = run, trainer = session.trainer!;
  onEvent?.({ kind: "measuring" });
  const input = { engine, sparsifier, params: trainer.params, scale };
  const heldOut = async function* (indices: Uint32Array) {
    const groups = inGroups(indices, config.buffer.images);
    const { dataset, encoder, hook } = run, { tokens } = config;
    for await (
      const group of collect(dataset, encoder, groups, { hook, tokens })
    ) {
      if (signal?.aborted) return;
      report(session, group);
      checkFinite(session, group);
      yield group;
    }
  };
  let threshold: number | null = null;
  if (sparsifier.targetL0 !== undefined && "threshold" in trainer.params) {
    const scaled = await calibrate(
      heldOut(split.calibrate),
      input,
      sparsifier.targetL0,
    );
    // Without a picture to calibrate on, the running average stays.
    if (!Number.isNaN(scaled)) {
      trainer.setFrozen("threshold", scaled);
      threshold = scaled / scale;
    }
  }
  const evaluation = await evaluate(heldOut(split.test), input);
  // All of the training is saved: resumed, the run is measured anew.
  if (signal?.aborted) return undefined;
  const results: TrainResults = {
    ...evaluation,
    dead: trainer.dead,
    deadTokens: optimiser.deadTokens,
    threshold,
    steps: trainer.step,
    trainedTokens: trainer.step * config.buffer.batch,
    skippedImages: session.skipped.size,
  };
  await saving(session, async () => {
    await saveDictionary(session, trainer);
    await saveSkipped(session);
    const text = `${JSON.stringify(results, null, 2)}\n`;
    await replaceTextFile(folder.results, text);
  });
  return results;
}
