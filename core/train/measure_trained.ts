/**
 * Calibrates and measures a dictionary on held-out pictures.
 *
 * @module
 */
import { calibrate } from "./calibrate.ts";
import { collect, type TokenGroup } from "./collect.ts";
import { evaluate, type EvaluateInput, type Evaluation } from "./evaluate.ts";
import { inGroups } from "./split_examples.ts";
import { watchTokens } from "./token_watch.ts";
import type { Trainer } from "./trainer.ts";
import type { Session } from "./training_session.ts";

/** What a finished run measured, on held-out pictures unless stated otherwise. */
export interface TrainResults extends Evaluation {
  /** Share of the latents that fired on none of the last `deadTokens` training tokens. */
  readonly dead: number;
  /** The number of tokens within which a latent must fire. */
  readonly deadTokens: number;
  /** The target L0; null when there is none. */
  readonly targetL0: number | null;
  /** The calibrated threshold, in the activations' units; null when there is none. */
  readonly threshold: number | null;
  /** Steps taken. */
  readonly steps: number;
  /** Tokens trained on. */
  readonly trainedTokens: number;
  /** Pictures that could not be decoded, in training and after: `skipped.json` lists them. */
  readonly skippedImages: number;
}

/**
 * Calibrates the threshold of a trained sparsifier, if it has one, and measures
 * it. Undefined when the run was told to stop.
 */
export async function measureTrained(
  session: Session,
  trainer: Trainer,
): Promise<TrainResults | undefined> {
  const { run, signal, onEvent } = session;
  onEvent?.({ kind: "measuring" });
  const threshold = await calibrateThreshold(session, trainer);
  const evaluation = await evaluate(
    heldOutTokens(session, run.split.test),
    dictionaryOf(session, trainer),
  );
  // Training is already saved: a resumed run only measures again.
  if (signal?.aborted) return undefined;
  return {
    ...evaluation,
    dead: trainer.dead,
    deadTokens: run.optimiser.deadTokens,
    targetL0: run.sparsifier.targetL0 ?? null,
    threshold,
    steps: trainer.step,
    trainedTokens: trainer.step * run.config.buffer.batch,
    skippedImages: session.skipped.size,
  };
}

function heldOutTokens(
  session: Session,
  indices: Uint32Array,
): AsyncGenerator<TokenGroup> {
  const { dataset, encoder, hook, config } = session.run;
  const groups = inGroups(indices, config.buffer.images);
  const options = { hook, tokens: config.tokens };
  const tokens = collect(dataset, encoder, groups, options);
  return watchTokens(session, tokens, () => session.signal?.aborted ?? false);
}

function dictionaryOf(
  { run, scale }: Session,
  { params }: Trainer,
): EvaluateInput {
  return { engine: run.engine, sparsifier: run.sparsifier, params, scale };
}

/** Sets the threshold to the one that gives the target L0; null when there is none, or no picture to calibrate on. */
async function calibrateThreshold(
  session: Session,
  trainer: Trainer,
): Promise<number | null> {
  const { sparsifier, split } = session.run, { targetL0 } = sparsifier;
  if (targetL0 === undefined || !("threshold" in trainer.params)) return null;
  const threshold = await calibrate(
    heldOutTokens(session, split.calibrate),
    dictionaryOf(session, trainer),
    targetL0,
  );
  // With no pictures, the running average from training stays.
  if (Number.isNaN(threshold)) return null;
  trainer.setFrozen("threshold", threshold);
  return threshold / session.scale;
}
