/**
 * Errors that a user can act on. Anything else that is thrown is a bug.
 *
 * @module
 */

/** A run's settings name something that does not exist or cannot be used. */
export class ConfigError extends Error {
  /** The error's name. */
  override readonly name = "ConfigError";
  /** The setting, by dotted key: `"sparsifier.k"`. */
  readonly path: string;

  /** Makes the error. */
  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.path = path;
  }
}

/** A file is damaged or in an unexpected format. */
export class FormatError extends Error {
  /** The error's name. */
  override readonly name = "FormatError";
  /** The file. */
  readonly file: string;

  /** Makes the error. */
  constructor(file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.file = file;
  }
}

/** One example of a dataset cannot be read: it is skipped and counted. */
export class ExampleError extends Error {
  /** The error's name. */
  override readonly name = "ExampleError";
  /** The example's id. */
  readonly id: string;

  /** Makes the error. */
  constructor(id: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.id = id;
  }
}

/** Training cannot continue: a number is not finite, or a save failed. */
export class TrainingError extends Error {
  /** The error's name. */
  override readonly name = "TrainingError";
  /** The last step that was taken. */
  readonly step: number;

  /** Makes the error. */
  constructor(step: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.step = step;
  }
}

/** Whether `error` is one of the above, so that its message alone is worth printing. */
export function isUserError(error: unknown): error is Error {
  return error instanceof Error &&
    ["ConfigError", "FormatError", "ExampleError", "TrainingError"]
      .includes(error.name);
}
