/**
 * Jobs in, the same jobs done one after the other out; those that nobody waits
 * for any more are not begun.
 *
 * @module
 */
import { Problem } from "../http/problem.ts";

/** Jobs that are done in turn. */
export interface JobQueue {
  /**
   * Does `body` when its turn comes. Where `signal` is aborted before that, it
   * is taken out.
   *
   * @throws {Problem} When too many wait already, or whoever asked has gone.
   */
  add<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Does `body` behind all that wait now, however many these are. */
  last(body: () => Promise<void>): Promise<void>;
}

/**
 * A queue where at most `most` wait.
 *
 * @example
 * ```ts
 * import { jobQueue } from "./job_queue.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const queue = jobQueue(8), done: number[] = [];
 * const job = (n: number) => queue.add(() => Promise.resolve(void done.push(n)));
 * await Promise.all([job(1), job(2)]);
 * deepEqual(done, [1, 2]);
 * ```
 */
export function jobQueue(most: number): JobQueue {
  const waiting: (() => Promise<void>)[] = [];
  let isBusy = false;
  const work = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (let job = waiting.shift(); job; job = waiting.shift()) await job();
    isBusy = false;
  };
  const enter = <T>(
    body: () => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const job = async (): Promise<void> => {
      signal?.removeEventListener("abort", leave);
      // Not `return body()`: a job that throws at once must not end the work.
      await (async () => await body())().then(resolve, reject);
    };
    const leave = (): void => {
      const at = waiting.indexOf(job);
      if (at >= 0) waiting.splice(at, 1);
      reject(gone());
    };
    if (signal?.aborted) return Promise.reject(gone());
    signal?.addEventListener("abort", leave, { once: true });
    waiting.push(job);
    work();
    return promise;
  };
  return {
    add: (body, signal) =>
      waiting.length < most
        ? enter(body, signal)
        : Promise.reject(busy(waiting.length)),
    last: (body) => enter(body),
  };
}

function gone(): Problem {
  return new Problem(503, "Cannot go on: nobody waits for the answer any more");
}

function busy(waiting: number): Problem {
  return new Problem(
    503,
    `Cannot run the model now: ${waiting} others wait for it; try again in a moment`,
  );
}
