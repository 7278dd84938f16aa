/**
 * The command line of `deno task index`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import type { IndexOptions } from "../../core/latents/index_latents.ts";
import { indexDefaults } from "../runs/index_run.ts";
import {
  isTrusting,
  oneRun,
  trustHelp,
  wholeNumber,
} from "../terminal/arguments.ts";

/** What `deno task index --help` shows. */
export const indexHelp =
  `  deno task index runs/<name>    find what shows each latent, for deno task serve
    --images=<n>       pictures to look at, evenly spaced over the dataset; by default the run's index.images
    --top=${indexDefaults.top}           pictures to keep for each latent: those with its largest values
    --chance=${indexDefaults.chance}         pictures to keep besides, at random among all on which it fires
    --perImage=${indexDefaults.perImage}       patches of one picture among the largest values, at most
    --neighbours=${indexDefaults.neighbours}     latents to keep that are near each one
    --label=<key>      the label that purity is measured with; by default class, or the first that is a word
    ${trustHelp(19)}
A stopped index continues where it was.`;

const numbers = ["images", "top", "chance", "perImage", "neighbours"] as const;

/** What was typed after `deno task index`. */
export interface IndexArguments {
  /** The folder of the run, as typed. */
  readonly path: string;
  /** Run plugins that are not built in without asking. */
  readonly trust: boolean;
  /** Options that were given. */
  readonly options: Partial<IndexOptions>;
}

/**
 * Reads the command line; nothing is returned when help is asked for.
 *
 * @throws {ConfigError} When it does not name one run, or an option is unknown or wrong.
 */
export function indexArguments(
  args: readonly string[],
): IndexArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      help: { type: "boolean", short: "h" },
      label: { type: "string" },
      "trust-plugins": { type: "boolean" },
    },
  });
  const { help, label, "trust-plugins": trust, ...rest } = values;
  if (help) return undefined;
  const unknown = Object.keys(rest)
    .find((key) => !numbers.some((name) => name === key));
  if (unknown !== undefined) throw unknownOption(unknown);
  const path = oneRun("index", positionals);
  const given = Object.entries(rest)
    .map(([key, value]) => [key, wholeNumber(key, value)] as const);
  return {
    path,
    trust: isTrusting(trust),
    options: {
      ...Object.fromEntries(given),
      ...typeof label === "string" && { label },
    },
  };
}

function unknownOption(key: string): ConfigError {
  const names = numbers.map((name) => `--${name}`).join(", ");
  return new ConfigError(
    key,
    `Cannot use --${key}: options are ${names}, --label and --trust-plugins`,
  );
}
