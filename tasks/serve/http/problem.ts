/**
 * Why a page cannot be shown, with its HTTP status.
 *
 * @module
 */
import { isUserError } from "../../../core/errors.ts";

/** The status of a page that cannot be shown. */
type ProblemStatus = 400 | 403 | 404 | 405 | 408 | 413 | 422 | 500 | 503;

/** A page cannot be shown: what was looked for and what there is instead. */
export class Problem extends Error {
  /** The error's name. */
  override readonly name = "Problem";
  /** The status of the answer. */
  readonly status: ProblemStatus;

  /** Makes the problem. */
  constructor(
    status: ProblemStatus,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.status = status;
  }
}

/** Whether an error, or what it came from, says that no more files can be opened. */
export function isOutOfFiles(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  return code === "EMFILE" || code === "ENFILE" ||
    /\bEMFILE\b|\bENFILE\b|too many open files/i.test(error.message) ||
    isOutOfFiles(error.cause);
}

/** Turns an error into a problem: errors of users and missing files are 404, anything else is a bug. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isOutOfFiles(error)) {
    return new Problem(
      503,
      "Cannot show this page now: too many files are open; try again in a moment",
      { cause: error },
    );
  }
  if (isUserError(error)) {
    return new Problem(404, error.message, { cause: error });
  }
  if (error instanceof Deno.errors.NotFound) {
    return new Problem(
      404,
      "Cannot read a file of this run: it was moved or deleted while the page was made; load the page again",
      { cause: error },
    );
  }
  return new Problem(
    500,
    "Cannot show this page: there is a bug in the program; the terminal says more",
    { cause: error },
  );
}
