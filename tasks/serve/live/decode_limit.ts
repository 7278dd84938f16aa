/**
 * Limits what is decoded at once, in pictures and in pixels.
 *
 * @module
 */
import { Problem } from "../http/problem.ts";

/** What may be decoded at once. */
export interface DecodeLimits {
  /** Pictures. */
  readonly pictures: number;
  /** Pixels of all of them; a larger picture is decoded alone. */
  readonly pixels: number;
  /** Pictures that may wait. */
  readonly waiting: number;
}

/** Runs `body`, which decodes so many pixels, when there is room. */
type WithRoom = <T>(pixels: number, body: () => Promise<T>) => Promise<T>;

/**
 * Runs bodies in the order they came, as many as fit.
 *
 * @example
 * ```ts
 * import { decodeLimit } from "./decode_limit.ts";
 * import { deepEqual } from "node:assert/strict";
 *
 * const done: number[] = [];
 * const withRoom = decodeLimit({ pictures: 2, pixels: 100, waiting: 8 });
 * const body = (n: number) => withRoom(60, () => Promise.resolve(done.push(n)));
 * await Promise.all([body(1), body(2)]);
 * deepEqual(done, [1, 2]);
 * ```
 */
export function decodeLimit(limits: DecodeLimits): WithRoom {
  const waiting: { readonly pixels: number; start(): void }[] = [];
  let busy = 0, inFlight = 0;
  const fits = (pixels: number): boolean =>
    busy === 0 ||
    busy < limits.pictures && inFlight + pixels <= limits.pixels;
  const startNext = (): void => {
    while (waiting.length > 0 && fits(waiting[0]!.pixels)) {
      const { pixels, start } = waiting.shift()!;
      busy++;
      inFlight += pixels;
      start();
    }
  };
  return async (pixels, body) => {
    if (waiting.length >= limits.waiting) throw tooMany(waiting.length);
    await new Promise<void>((start) => {
      waiting.push({ pixels, start });
      startNext();
    });
    try {
      return await body();
    } finally {
      busy--;
      inFlight -= pixels;
      startNext();
    }
  };
}

function tooMany(waiting: number): Problem {
  return new Problem(
    503,
    `Cannot take this picture now: ${waiting} others wait to be decoded; try again in a moment`,
  );
}
