/**
 * Opens what a probe looks at: a trained run, perhaps on another dataset, or the
 * model of a run that is not trained.
 *
 * @module
 */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { hashRun } from "../../core/run/compare_runs.ts";
import type { Dataset } from "../../core/dataset.ts";
import { ConfigError } from "../../core/errors.ts";
import type { TrainingEnd } from "../../core/probe.ts";
import type { Approve } from "../../core/run/load_plugin.ts";
import { type RunFolder, runFolder } from "../../core/run/run_folder.ts";
import { splitExamples } from "../../core/train/split_examples.ts";
import type { Tensors } from "../../core/tensor.ts";
import { sameRunFolder } from "../runs/new_run_folder.ts";
import { inUserFolder } from "../terminal/user_paths.ts";
import { openParts } from "../runs/open_parts.ts";
import { readSettings } from "../runs/read_settings.ts";
import { openTrainedRun, type TrainedRun } from "../runs/trained_run.ts";

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

/** A run, and the pictures to probe it with. */
export interface ProbedRun extends Pick<TrainedRun, "run" | "folder"> {
  /** Its dictionary, in the run's engine; absent before it is trained. */
  readonly params?: Tensors;
  /** The hash of the run's own settings, whatever dataset the probe looks at. */
  readonly hash: string;
  /** Indices of the pictures that it was neither trained nor calibrated on. */
  readonly heldOut: Uint32Array;
  /** Whether they are from another dataset than the run's; then it is the whole of it. */
  readonly isOther: boolean;
}

/**
 * Opens `path`, as the user typed it: the folder of a trained run, of which
 * `overrides` may change the dataset (`"dataset.use=imagenet"`), or a run's file,
 * of which they may change any setting and only the model is probed.
 *
 * @throws {ConfigError} When it is not a run, a part cannot be made, or a
 * setting is changed that a trained run cannot change.
 * @throws {FormatError} When its dictionary does not have the run's sizes.
 */
export async function openProbedRun(
  path: string,
  overrides: readonly string[],
  approve: Approve,
): Promise<ProbedRun> {
  if (await isFile(inUserFolder(path))) {
    return await openUntrained(path, overrides, approve);
  }
  const fixed = overrides.find((setting) => !/^dataset[.=]/.test(setting));
  if (fixed !== undefined) throw cannotChange(path, fixed);
  const folder = runFolder(inUserFolder(path));
  if (await isFile(folder.config) && !await isTrained(folder)) {
    return await openUntrained(folder.config, overrides, approve, folder);
  }
  return overrides.length === 0
    ? await openWithOwnPictures(path, approve)
    : await openWithOtherPictures(path, overrides, approve);
}

function cannotChange(path: string, setting: string): ConfigError {
  const [key, value] = setting.split("=");
  return new ConfigError(
    key!,
    `Cannot probe "${path}" with --${key}=${value}: its dictionary was trained with the settings in its config.json; give a run's file in place of the folder to probe a model without a dictionary, or train another run`,
  );
}

async function openWithOwnPictures(
  path: string,
  approve: Approve,
): Promise<ProbedRun> {
  const trained = await openTrainedRun(path, approve);
  const { hash, split } = trained.run;
  return { ...trained, hash, heldOut: split.test, isOther: false };
}

async function openWithOtherPictures(
  path: string,
  overrides: readonly string[],
  approve: Approve,
): Promise<ProbedRun> {
  const trained = await openTrainedRun(path, approve, [...overrides, fewest]);
  const { config, dataset } = trained.run;
  try {
    const file = runFolder(inUserFolder(path)).config;
    const own = await readSettings(file, approve);
    const isOther = !isDeepStrictEqual(own.config.dataset, config.dataset);
    const { evaluate, seed } = own.config;
    const heldOut = isOther
      ? allOf(dataset)
      : splitExamples(dataset, evaluate.images, seed).test;
    return { ...trained, hash: own.hash, heldOut, isOther };
  } catch (error) {
    await trained.run.close();
    throw error;
  }
}

/** Opens a run that is not trained, perhaps in a folder of its own: all pictures are held out. */
async function openUntrained(
  path: string,
  overrides: readonly string[],
  approve: Approve,
  itsFolder?: RunFolder,
): Promise<ProbedRun> {
  const own = await readSettings(path, approve, overrides);
  const run = await openParts(
    await readSettings(path, approve, [...overrides, fewest]),
  );
  try {
    const config = { ...own.config, hook: run.config.hook };
    const folder = itsFolder ?? await sameRunFolder({ ...run, config });
    if (await isTrained(folder)) {
      await run.close();
      return await openWithOwnPictures(folder.path, approve);
    }
    const hash = await hashRun(config), heldOut = allOf(run.dataset);
    return { run, folder, hash, heldOut, isOther: false };
  } catch (error) {
    await run.close();
    throw error;
  }
}

/** The dataset looked at may have fewer pictures than the run would hold out. */
const fewest = "evaluate.images=2";

async function isTrained({ checkpoint }: RunFolder): Promise<boolean> {
  return await isFile(join(checkpoint, "cfg.json"));
}

function allOf({ length }: Dataset): Uint32Array {
  return Uint32Array.from({ length }, (_, i) => i);
}

async function isFile(path: string): Promise<boolean> {
  return await Deno.stat(path).then(({ isFile }) => isFile, () => false);
}
