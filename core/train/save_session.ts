/**
 * Writes the files of a run while it trains.
 *
 * @module
 */
import { saveCheckpoint } from "./checkpoint.ts";
import { checkpointCfg } from "./checkpoint_cfg.ts";
import { replaceTextFile } from "../files/replace_file.ts";
import type { TrainResults } from "./measure_trained.ts";
import { stopError } from "./stop_error.ts";
import type { Trainer } from "./trainer.ts";
import type { Session } from "./training_session.ts";
import { saveState } from "./training_state.ts";

/** Saves what the run resumes from, then the dictionary so far. */
export async function saveSession(
  session: Session,
  trainer: Trainer,
): Promise<void> {
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
    // The run can resume from here even if writing the rest fails.
    session.saved = trainer.step;
    session.savedAt = performance.now();
    await saveDictionary(session, trainer);
    await saveSkipped(session);
  });
  session.onEvent?.({ kind: "saved", step: trainer.step });
}

/** Saves a trained dictionary and its measurements. */
export async function saveResults(
  session: Session,
  trainer: Trainer,
  results: TrainResults,
): Promise<void> {
  await saving(session, async () => {
    await saveDictionary(session, trainer);
    await saveSkipped(session);
    const text = `${JSON.stringify(results, null, 2)}\n`;
    await replaceTextFile(session.folder.results, text);
  });
}

/** Appends a line to the run's log. */
export async function saveLogLine(
  session: Session,
  line: Readonly<Record<string, unknown>>,
): Promise<void> {
  await saving(session, () => session.log.write(line));
}

/** Writes files; if that fails, the error says which save remains. */
async function saving(
  session: Session,
  write: () => Promise<void>,
): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw stopError(
      session,
      `writing to "${session.folder.path}" failed: ${(error as Error).message}`,
      error,
    );
  }
}

/** Lists the pictures that could not be decoded, and why; writes no file when there are none. */
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
