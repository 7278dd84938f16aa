/**
 * The command line of `deno task report`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import {
  isTrusting,
  oneRun,
  trustHelp,
  wholeNumber,
} from "../terminal/arguments.ts";
import type { ReportOptions } from "./make_report.tsx";

/** What `deno task report --help` shows. */
export const reportHelp =
  `  deno task report runs/<name>    one HTML file to open, print or mail: runs/<name>/report.html
    --latents=60       latents to show
    --pictures=8       pictures of each
    --sort=max         the column that chooses them, such as density or <probe>.<column>
    --order=desc       the largest first, or asc for the smallest
    ${trustHelp(19)}; otherwise pictures that need them are left out`;

/** What was typed after `deno task report`. */
interface ReportArguments extends ReportOptions {
  /** The folder of the run, as typed. */
  readonly path: string;
  /** Run plugins that are not built in. */
  readonly trust: boolean;
}

/**
 * Reads the command line; nothing is returned when help is asked for.
 *
 * @throws {ConfigError} When it does not name one run, or an option is unknown or wrong.
 */
export function reportArguments(
  args: readonly string[],
): ReportArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      help: { type: "boolean", short: "h" },
      "trust-plugins": { type: "boolean" },
    },
  });
  const { help, latents = "60", pictures = "8", sort, order, ...more } = values;
  const { "trust-plugins": trust, ...rest } = more;
  if (help) return undefined;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) {
    throw new ConfigError(
      unknown,
      `Cannot use --${unknown}: options are --latents, --pictures, --sort, --order and --trust-plugins`,
    );
  }
  return {
    path: oneRun("report", positionals),
    trust: isTrusting(trust),
    latents: wholeNumber("latents", latents, 1000),
    pictures: wholeNumber("pictures", pictures, 64),
    sort: typeof sort === "string" ? sort : undefined,
    order: orderOf(order),
  };
}

function orderOf(value: unknown): "asc" | "desc" | undefined {
  if (value === undefined || value === "asc" || value === "desc") return value;
  throw new ConfigError(
    "order",
    `Cannot use --order=${value}: it must be desc or asc`,
  );
}
