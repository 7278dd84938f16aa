/**
 * Runs jobs one after the other, without those that nobody waits for any more.
 *
 * @module
 */
import { Problem } from "../http/problem.ts";

/** Jobs that run one at a time. */
export interface JobQueue {
  /**
   * Runs `body` when its turn comes, unless `signal` is aborted before that.
   *
   * @throws {Problem} When too many jobs wait already, or the client has gone.
   */
  add<T>(body: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Runs `body` after all jobs that wait now, however many there are. */
  last(body: () => Promise<void>): Promise<void>;
}

/**
 * A queue in which at most `most` jobs wait.
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
      // Wrapped, since a job that throws synchronously must not stop the queue.
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
    `Cannot run the model now: ${waiting} ${
      waiting === 1 ? "other request waits" : "other requests wait"
    } for it; try again in a moment`,
  );
}
