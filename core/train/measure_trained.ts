/**
 * A run whose last step is taken in, its results out.
 *
 * @module
 */
import { calibrate } from "./calibrate.ts";
import { collect, type TokenGroup } from "./collect.ts";
import { evaluate, type Evaluation } from "./evaluate.ts";
import { replaceTextFile } from "../files/replace_file.ts";
import { saveDictionary, saveSkipped, saving } from "./save_session.ts";
import { inGroups } from "./split_examples.ts";
import type { Trainer } from "./trainer.ts";
import { checkFinite, report, type Session } from "./training_session.ts";

/** What a finished run measured, on pictures it was not trained on unless said otherwise. */
export interface TrainResults extends Evaluation {
  /** Share of the latents that fired on none of the last `deadTokens` tokens of training. */
  readonly dead: number;
  /** The window in which a latent had to fire. */
  readonly deadTokens: number;
  /** The L0 that was aimed at; null where none was. */
  readonly targetL0: number | null;
  /** The calibrated threshold, in the activations' units; null where there is none. */
  readonly threshold: number | null;
  /** Steps taken. */
  readonly steps: number;
  /** Tokens trained on. */
  readonly trainedTokens: number;
  /** Pictures that could not be decoded, in training and after: `skipped.json` lists them. */
  readonly skippedImages: number;
}

/**
 * Calibrates the threshold, where there is one, measures on the pictures held
 * out, and writes both. Undefined when it was told to stop.
 */
export async function measureTrained(
  session: Session,
): Promise<TrainResults | undefined> {
  const { run, folder, signal, onEvent } = session, trainer = session.trainer!;
  onEvent?.({ kind: "measuring" });
  const threshold = await calibrateThreshold(session, trainer);
  const evaluation = await evaluate(
    heldOut(session, run.split.test),
    dictionary(session, trainer),
  );
  // All of the training is saved: resumed, the run is measured anew.
  if (signal?.aborted) return undefined;
  const results: TrainResults = {
    ...evaluation,
    dead: trainer.dead,
    deadTokens: run.optimiser.deadTokens,
    targetL0: run.sparsifier.targetL0 ?? null,
    threshold,
    steps: trainer.step,
    trainedTokens: trainer.step * run.config.buffer.batch,
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

/** The tokens of pictures that are not trained on. */
async function* heldOut(
  session: Session,
  indices: Uint32Array,
): AsyncGenerator<TokenGroup> {
  const { dataset, encoder, hook, config } = session.run;
  const groups = inGroups(indices, config.buffer.images);
  const options = { hook, tokens: config.tokens };
  for await (const group of collect(dataset, encoder, groups, options)) {
    if (session.signal?.aborted) return;
    report(session, group);
    checkFinite(session, group);
    yield group;
  }
}

function dictionary({ run, scale }: Session, { params }: Trainer) {
  return { engine: run.engine, sparsifier: run.sparsifier, params, scale };
}

/** Sets the threshold to what gives the L0 aimed at; null where there is none, or no picture to calibrate on. */
async function calibrateThreshold(
  session: Session,
  trainer: Trainer,
): Promise<number | null> {
  const { sparsifier, split } = session.run, { targetL0 } = sparsifier;
  if (targetL0 === undefined || !("threshold" in trainer.params)) return null;
  const threshold = await calibrate(
    heldOut(session, split.calibrate),
    dictionary(session, trainer),
    targetL0,
  );
  // Without a picture the running average stays.
  if (Number.isNaN(threshold)) return null;
  trainer.setFrozen("threshold", threshold);
  return threshold / session.scale;
}
