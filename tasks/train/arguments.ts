/**
 * The command line of `deno task train`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { isTrusting } from "../terminal/arguments.ts";

/** What was typed after `deno task train`. */
export interface TrainArguments {
  /** Show the help and do nothing. */
  readonly help: boolean;
  /** The run's file. */
  readonly file?: string;
  /** The folder of a run to resume. */
  readonly resume?: string;
  /** Run plugins that are not built in without asking. */
  readonly trust: boolean;
  /** Settings to change: `"sparsifier.k=64"`. */
  readonly overrides: readonly string[];
}

/** Flags whose value may be written as the next word, too. */
const words = ["dataset", "encoder", "sparsifier", "engine", "hook", "name"];

/**
 * Reads the command line.
 *
 * @throws {ConfigError} When it names two files, or a setting has no value.
 */
export function trainArguments(args: readonly string[]): TrainArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      help: { type: "boolean", short: "h" },
      resume: { type: "string" },
      "trust-plugins": { type: "boolean" },
      ...Object.fromEntries(words.map((word) => [word, { type: "string" }])),
    },
  });
  const { help, resume, "trust-plugins": trust, ...settings } = values;
  for (const [key, value] of Object.entries(settings)) {
    if (typeof value !== "string") {
      throw new ConfigError(
        key,
        `Cannot read --${key}: it needs a value; write --${key}=<value>`,
      );
    }
  }
  if (resume === true) {
    throw new ConfigError(
      "resume",
      "Cannot resume: write --resume runs/<name>, the folder of the run",
    );
  }
  if (positionals.length > 1) {
    throw new ConfigError(
      "",
      `Cannot train ${positionals.length} runs at once: received ${
        positionals.map((file) => `"${file}"`).join(" and ")
      }; write settings as --key=value`,
    );
  }
  return {
    help: help === true,
    trust: isTrusting(trust),
    ...positionals[0] !== undefined && { file: positionals[0] },
    ...typeof resume === "string" && { resume },
    overrides: Object.entries(settings).map(([key, value]) =>
      `${key}=${value}`
    ),
  };
}
