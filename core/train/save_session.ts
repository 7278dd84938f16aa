/**
 * A run in training in, its files out.
 *
 * @module
 */
import { saveCheckpoint } from "./checkpoint.ts";
import { checkpointCfg } from "./checkpoint_cfg.ts";
import { replaceTextFile } from "../files/replace_file.ts";
import type { Trainer } from "./trainer.ts";
import { type Session, stopped } from "./training_session.ts";
import { saveState } from "./training_state.ts";

/** Saves the state, then the dictionary so far. */
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
    // What a run goes on from stands, whatever becomes of the rest.
    session.saved = trainer.step;
    session.savedAt = performance.now();
    await saveDictionary(session, trainer);
    await saveSkipped(session);
  });
  session.onEvent?.({ kind: "saved", step: trainer.step });
}

/** Writes files; when that fails, the run stops and says which save stands. */
export async function saving(
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
export async function saveSkipped({ skipped, folder }: Session): Promise<void> {
  if (skipped.size === 0) return;
  const list = Object.fromEntries(skipped);
  await replaceTextFile(folder.skipped, `${JSON.stringify(list, null, 2)}\n`);
}

/** Writes the dictionary as it is. */
export async function saveDictionary(
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
