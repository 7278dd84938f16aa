/**
 * The command line of `deno task probe`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { ConfigError } from "../../core/errors.ts";
import { builtins } from "../../plugins/mod.ts";
import { isTrusting, trustHelp } from "../terminal/arguments.ts";

/** What `deno task probe --help` shows. */
export const probeHelp =
  `  deno task probe <probe> runs/<name>    ask a trained dictionary a question
    --<option>=<value>           an option of the probe; deno task plugins <probe> lists them
    --dataset.use=<dataset>      look at another dataset than the run's
    --dataset.<option>=<value>   an option of the dataset
    ${trustHelp(29)}
  deno task probe <probe> <run.json>     ask a model alone, before a dictionary is trained on it
    --encoder.<option>=<value>   a setting of the run: dataset, encoder, hook, engine, name
Probes: ${
    Object.keys(builtins.probe).join(", ")
  }; or yours, as ./file.ts or npm:package.
A probe looks at the pictures that the run held out from training, or at all of another dataset.
Results are written to runs/<name>/probes/<probe>, in place of earlier ones.`;

/** What was typed after `deno task probe`. */
export interface ProbeArguments {
  /** The probe's name or specifier. */
  readonly probe: string;
  /** The run's folder or file, as typed. */
  readonly run: string;
  /** Run plugins that are not built in without asking. */
  readonly trust: boolean;
  /** Settings of the run to change: `"dataset.use=imagenet"`. */
  readonly settings: readonly string[];
  /** Options of the probe: `"images=32"`. */
  readonly options: readonly string[];
}

/**
 * Reads the command line; nothing is returned when help is asked for.
 *
 * @throws {ConfigError} When it does not name a probe and a run, or an option has no value.
 */
export function probeArguments(
  args: readonly string[],
): ProbeArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    options: {
      help: { type: "boolean", short: "h" },
      "trust-plugins": { type: "boolean" },
    },
  });
  const { help, "trust-plugins": trust, ...settings } = values;
  if (help) return undefined;
  const bare = Object.keys(settings)
    .find((key) => typeof settings[key] !== "string");
  if (bare !== undefined) {
    throw new ConfigError(
      bare,
      `Cannot read --${bare}: it needs a value; write --${bare}=<value>`,
    );
  }
  const [probe, run, ...more] = positionals;
  if (probe === undefined || run === undefined || more.length > 0) {
    throw new ConfigError(
      "run",
      "Cannot probe: name one probe and one run, as in deno task probe <probe> runs/<name>",
    );
  }
  const typed = Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`);
  return {
    probe,
    run,
    trust: isTrusting(trust),
    settings: typed.filter(isOfRun),
    options: typed.filter((setting) => !isOfRun(setting)),
  };
}

function isOfRun(setting: string): boolean {
  return /^(dataset|encoder|engine|hook|name)[.=]/.test(setting);
}
