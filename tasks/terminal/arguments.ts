/**
 * Checks of what was typed that several commands share.
 *
 * @module
 */
import { ConfigError } from "../../core/errors.ts";

/**
 * The only path that was typed: the folder of a run, for deno task `task`.
 *
 * @throws {ConfigError} When none or several were typed.
 */
export function oneRun(task: string, paths: readonly string[]): string {
  const [path, ...more] = paths;
  if (path !== undefined && more.length === 0) return path;
  const many = path === undefined
    ? "without a run"
    : `with ${paths.length} runs at once`;
  throw new ConfigError(
    "run",
    `Cannot ${task} ${many}: write deno task ${task} runs/<name>`,
  );
}

/** What `--help` says of the flag that lets plugins run, in a column of `width`. */
export function trustHelp(width: number): string {
  const flag = "--trust-plugins".padEnd(width);
  return `${flag}run plugins that are not built in without asking`;
}

/**
 * Whether `--trust-plugins` was typed.
 *
 * @throws {ConfigError} When it has a value.
 */
export function isTrusting(value: unknown): boolean {
  if (value === undefined) return false;
  if (value === true) return true;
  throw new ConfigError(
    "trust-plugins",
    `Cannot use --trust-plugins=${value}: write --trust-plugins`,
  );
}

/**
 * The value of `--key`, from 1 to `most`.
 *
 * @throws {ConfigError} When it is not a whole number in that range.
 */
export function wholeNumber(
  key: string,
  value: unknown,
  most = Infinity,
): number {
  const number = Number(value);
  const fits = typeof value === "string" && Number.isInteger(number) &&
    number > 0 && number <= most;
  if (fits) return number;
  const range = most === Infinity ? "above 0" : `from 1 to ${most}`;
  throw new ConfigError(
    key,
    `Cannot use --${key}=${value}: it must be a whole number ${range}`,
  );
}
