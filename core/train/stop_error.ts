/**
 * The error of a training run that cannot continue.
 *
 * @module
 */
import { TrainingError } from "../errors.ts";
import type { Session } from "./training_session.ts";

/** Says why training stops, which save remains and how to resume from it. */
export function stopError(
  { trainer, saved, folder }: Pick<Session, "trainer" | "saved" | "folder">,
  why: string,
  cause?: unknown,
): TrainingError {
  const step = trainer?.step ?? 0;
  const rest = saved === undefined
    ? "nothing was saved yet"
    : `the save of step ${saved} in "${folder.path}" is intact: resume from it with deno task train --resume ${folder.path}`;
  return new TrainingError(
    step,
    `Cannot continue after step ${step}: ${why}; ${rest}`,
    { cause },
  );
}
