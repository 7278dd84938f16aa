/**
 * The folder of a trained run and perhaps another dataset in, what a probe
 * looks at out.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { readRun, resolveRun } from "../core/run_config.ts";
import type { TrainingEnd } from "../core/probe.ts";
import { type RunFolder, runFolder } from "../core/run_folder.ts";
import { splitExamples } from "../core/split_examples.ts";
import { builtins } from "../plugins/mod.ts";
import { inUserFolder, userFolder } from "./_task.ts";
import { openTrainedRun, type TrainedRun } from "./_trained_run.ts";

/** How a run's training ended; undefined where its results cannot be read. */
export async function trainingEnd(
  { results }: RunFolder,
): Promise<TrainingEnd | undefined> {
  try {
    const { dead, deadTokens } = JSON.parse(await Deno.readTextFile(results));
    const known = Number.isFinite(dead) && Number.isFinite(deadTokens);
    return known ? { dead, deadTokens } : undefined;
  } catch {
    return undefined;
  }
}

/** A trained run, and the pictures that tell something of it. */
export interface ProbedRun extends TrainedRun {
  /** The hash of the run's own settings, whatever dataset is looked at. */
  readonly hash: string;
  /** Indices of the pictures that it was neither trained nor calibrated on. */
  readonly heldOut: Uint32Array;
  /** Whether they are of another dataset than the run's: then they are all of it. */
  readonly isOther: boolean;
}

/**
 * Opens the run in the folder that the user calls `path`, with the settings of
 * its dataset in `overrides` (`"dataset.use=imagenet"`) changed.
 *
 * @throws {ConfigError} When it is no run's folder, or a part cannot be made.
 * @throws {FormatError} When it holds no dictionary of the run's sizes.
 */
export async function openProbedRun(
  path: string,
  overrides: readonly string[],
): Promise<ProbedRun> {
  if (overrides.length === 0) {
    const trained = await openTrainedRun(path);
    const { hash, split } = trained.run;
    return { ...trained, hash, heldOut: split.test, isOther: false };
  }
  // Fewer pictures than the run holds out may be all that there are.
  const changed = [...overrides, "evaluate.images=2"];
  const trained = await openTrainedRun(path, changed);
  const { config, dataset } = trained.run;
  try {
    const file = runFolder(inUserFolder(path)).config;
    const own = await resolveRun(
      await readRun(file, [], userFolder()),
      builtins,
    );
    const isOther = !isDeepStrictEqual(own.config.dataset, config.dataset);
    const { evaluate, seed } = own.config;
    const heldOut = isOther
      ? Uint32Array.from({ length: dataset.length }, (_, i) => i)
      : splitExamples(dataset.length, evaluate.images, seed).test;
    return { ...trained, hash: own.hash, heldOut, isOther };
  } catch (error) {
    await trained.run.close();
    throw error;
  }
}
