/**
 * Runs asynchronous work one piece at a time.
 *
 * @module
 */
import type { OnnxSession } from "./onnx_thread.ts";

/** Runs `work` once everything queued before it is done, whether it failed or not. */
export type Turn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * A queue for work that must not overlap.
 *
 * @example
 * ```ts
 * import { serial } from "./serial.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const turn = serial(), done: number[] = [];
 * const wait = (time: number) => () =>
 *   new Promise<void>((resolve) => setTimeout(resolve, time))
 *     .then(() => void done.push(time));
 * await Promise.all([turn(wait(20)), turn(wait(1))]);
 * deepEqual(done, [20, 1]);
 * ```
 */
export function serial(): Turn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

/** The session that `open` opens; opening it and each of its runs wait for their turn. */
export function serialSession(
  open: () => OnnxSession,
  turn: Turn,
): OnnxSession {
  const opening = turn(async () => {
    const session = open();
    await session.opened;
    return session;
  });
  opening.catch(() => {}); // reported by the first run
  return {
    opened: opening,
    async run(inputs) {
      const session = await opening;
      return await turn(() => session.run(inputs));
    },
    release() {
      opening.then(({ release }) => release(), () => {});
    },
  };
}
