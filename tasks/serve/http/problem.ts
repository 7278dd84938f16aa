/**
 * Why a page cannot be shown, with its HTTP status.
 *
 * @module
 */
import { isUserError } from "../../../core/errors.ts";

/** The status of a page that cannot be shown. */
type ProblemStatus = 400 | 403 | 404 | 405 | 413 | 422 | 500 | 503;

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

/** Turns an error into a problem: errors of users and missing files are 404, anything else is a bug. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
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
